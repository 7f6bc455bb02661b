import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef } from "react";
import { usePageActions } from "../shell/pageActions";
import { count } from "../time/format";
import { classes } from "./classes";

export interface TabSpec<Name extends string> {
  name: Name;
  label: string;
  many?: number | undefined;
}

/**
 * Tabs with counts; arrows, Home and End move between them. The panel belongs to the caller, and is never so low that
 * the page jumps.
 */
export function Tabs<Name extends string>({
  tabs,
  current,
  onChange,
  children,
}: {
  tabs: TabSpec<Name>[];
  current: Name;
  onChange: (name: Name) => void;
  children: ReactNode;
}) {
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.name === current);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    const next = (to + tabs.length) % tabs.length;
    onChange(tabs[next]!.name);
    list.current?.querySelectorAll("button")[next]?.focus();
    event.preventDefault();
  };
  usePageActions(
    tabs
      .filter(({ name }) => name !== current)
      .map(({ name, label }) => ({ label: `Show ${label.toLowerCase()}`, run: () => onChange(name), leads: true })),
  );
  const widths = tabs.map(({ label, many }) => `${label} ${many ?? ""}`).join();
  // Where not all are in sight, the current one is; counts that come make all of them wider.
  useLayoutEffect(() => {
    const here = list.current!.querySelector<HTMLElement>("[aria-selected=true]");
    if (here) list.current!.scrollLeft = here.offsetLeft - (list.current!.clientWidth - here.offsetWidth) / 2;
  }, [current, widths]);
  return (
    <div>
      <div
        ref={list}
        role="tablist"
        onKeyDown={move}
        className="relative flex gap-1 overflow-x-auto border-b border-line"
      >
        {tabs.map((tab) => {
          const here = tab.name === current;
          return (
            <button
              key={tab.name}
              type="button"
              role="tab"
              id={`tab-${tab.name}`}
              aria-selected={here}
              aria-controls="tab-panel"
              tabIndex={here ? 0 : -1}
              onClick={() => onChange(tab.name)}
              className={classes(
                "-mb-px flex h-9 items-center gap-2 border-b-2 px-3 font-medium whitespace-nowrap",
                here ? "border-accent" : "border-transparent text-muted hover:text-ink",
              )}
            >
              {tab.label}
              {tab.many !== undefined && (
                <span
                  className={classes(
                    "rounded-full px-1.5 text-[11.5px] tabular-nums",
                    here ? "bg-accent text-on-accent" : "bg-[var(--hover)]",
                  )}
                >
                  {count(tab.many)}
                </span>
              )}
            </button>
          );
        })}
      </div>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${current}`} className="min-h-[60vh] pt-3">
        {children}
      </div>
    </div>
  );
}
