import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { count } from "../time/format";

export interface TabSpec<Name extends string> {
  name: Name;
  label: string;
  many?: number | undefined;
}

/** Tabs with counts; arrows move between them. The panel belongs to the caller. */
export function Tabs<Name extends string>({ tabs, current, onChange, children }: { tabs: TabSpec<Name>[]; current: Name; onChange: (name: Name) => void; children: ReactNode }) {
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = tabs.findIndex((tab) => tab.name === current);
    const next = (at + step + tabs.length) % tabs.length;
    onChange(tabs[next]!.name);
    list.current?.querySelectorAll("button")[next]?.focus();
    event.preventDefault();
  };
  return (
    <div>
      <div ref={list} role="tablist" onKeyDown={move} className="flex gap-1 overflow-x-auto border-b border-line">
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
              className={`-mb-px flex h-9 items-center gap-2 border-b-2 px-3 font-medium whitespace-nowrap ${here ? "border-accent" : "border-transparent text-muted hover:text-ink"}`}
            >
              {tab.label}
              {tab.many !== undefined && (
                <span className={`rounded-full px-1.5 text-[11.5px] tabular-nums ${here ? "bg-accent text-on-accent" : "bg-[var(--hover)]"}`}>{count(tab.many)}</span>
              )}
            </button>
          );
        })}
      </div>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${current}`} className="pt-3">
        {children}
      </div>
    </div>
  );
}
