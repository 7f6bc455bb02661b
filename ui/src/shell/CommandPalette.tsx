import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import * as Radix from "@radix-ui/react-dialog";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import * as queries from "../api/queries";
import { classes } from "../components/classes";
import { giveFocus } from "../components/focus";
import { StateDot } from "../components/state";
import { localZone, setZone } from "../time/zone";
import { pageActions } from "./pageActions";
import { matches } from "./matches";
import { OPEN_PALETTE, OPEN_SHEET } from "./shortcuts";
import { isDark, setTheme } from "./theme";

interface Entry {
  label: string;
  detail?: string | undefined;
  run: () => void;
  mark?: React.ReactNode;
}

/** Ctrl-K: every place, every action, and whatever has the name that is typed. */
export function CommandPalette() {
  const [open, setOpen] = useState(false);
  const opener = useRef<Element | null>(null);
  const taken = useRef<Entry | null>(null);
  useEffect(() => {
    const show = () => {
      opener.current = document.activeElement;
      taken.current = null;
      setOpen(true);
    };
    addEventListener(OPEN_PALETTE, show);
    return () => removeEventListener(OPEN_PALETTE, show);
  }, []);
  return (
    <Radix.Root open={open} onOpenChange={setOpen}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Radix.Content
          aria-describedby={undefined}
          // What was chosen is done where the focus was before, so that a dialog it opens gives the focus back there.
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            giveFocus(opener.current);
            taken.current?.run();
          }}
          className={classes(
            "fixed top-[12vh] left-1/2 z-50 w-[92vw] max-w-xl -translate-x-1/2 overflow-hidden rounded-xl border",
            "border-line bg-[var(--raised)] shadow-[var(--shadow)]",
          )}
        >
          <Radix.Title className="sr-only">Go anywhere, do anything</Radix.Title>
          <Palette
            onTake={(entry) => {
              taken.current = entry;
              setOpen(false);
            }}
          />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Palette({ onTake }: { onTake: (entry: Entry) => void }) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const entries = useEntries(typed);
  const chosen = entries[Math.min(at, entries.length - 1)];
  const place = chosen ? entries.indexOf(chosen) : -1;
  useEffect(() => {
    document.getElementById(`${id}-${place}`)?.scrollIntoView({ block: "nearest" });
  }, [id, place]);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(at + 1, entries.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (event.key === "Enter" && chosen) onTake(chosen);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        autoFocus
        role="combobox"
        aria-label="Search"
        aria-expanded
        aria-controls={id}
        {...(chosen ? { "aria-activedescendant": `${id}-${place}` } : {})}
        placeholder="Search runs, flows, deployments, pages and actions …"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
        className="h-12 w-full border-b border-line bg-transparent px-4 text-[15px] outline-none"
      />
      <ul id={id} role="listbox" aria-label="Results" className="max-h-[50vh] overflow-y-auto p-1.5">
        {entries.map((entry, index) => (
          <li
            key={`${entry.label} ${entry.detail ?? ""} ${index}`}
            id={`${id}-${index}`}
            role="option"
            aria-selected={entry === chosen}
            onMouseMove={() => setAt(index)}
            onClick={() => onTake(entry)}
            className={classes(
              "flex cursor-pointer items-center gap-2 rounded-md px-2.5 py-1.5",
              entry === chosen ? "bg-[var(--hover)]" : "",
            )}
          >
            {entry.mark}
            <span className="truncate">{entry.label}</span>
            <span className="ml-auto truncate text-[12px] text-muted">{entry.detail}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function useEntries(typed: string): Entry[] {
  const navigate = useNavigate();
  const words = typed.trim();
  const found = words.length >= 2;
  const runs = useQuery({
    ...queries.flowRunsPage({ flow_runs: { name: { like_: words } } }, "EXPECTED_START_TIME_DESC", 8),
    enabled: found,
  });
  const flows = useQuery({ ...queries.flowsNamed(words), enabled: found });
  const deployments = useQuery({
    ...queries.deployments({ deployments: { name: { like_: words } } }, 8),
    enabled: found,
  });
  const go = (to: string, search?: Record<string, string>) => () =>
    void navigate({ to, ...(search ? { search } : {}) } as never);
  const fixed: Entry[] = [
    { label: "Dashboard", detail: "g d", run: go("/") },
    { label: "Runs", detail: "g r", run: go("/runs") },
    { label: "Failed runs", detail: "state:failed", run: go("/runs", { q: "state:failed state:crashed" }) },
    { label: "Late runs", detail: "state:late", run: go("/runs", { q: "state:late" }) },
    { label: "Running now", detail: "state:running", run: go("/runs", { q: "state:running" }) },
    { label: "Flows", detail: "g f", run: go("/flows") },
    { label: "Deployments", detail: "g p", run: go("/deployments") },
    { label: "Work queues", detail: "g q", run: go("/work-queues") },
    { label: "New work queue", run: go("/work-queues", { new: "1" }) },
    { label: "Artifacts", detail: "g a", run: go("/artifacts") },
    { label: "Settings", detail: "g s", run: go("/settings") },
    { label: "Storage", run: go("/settings", { tab: "storage" }) },
    { label: "New storage", run: go("/settings", { tab: "storage", new: "1" }) },
    { label: "Notifications", run: go("/settings", { tab: "notifications" }) },
    { label: "New notification", run: go("/settings", { tab: "notifications", new: "1" }) },
    { label: "Variables", run: go("/settings", { tab: "variables" }) },
    { label: "Concurrency limits", run: go("/settings", { tab: "limits" }) },
    { label: "Settings in force", run: go("/settings", { tab: "settings" }) },
    { label: "API tokens", run: go("/settings", { tab: "tokens" }) },
    {
      label: isDark() ? "Use light colours" : "Use dark colours",
      detail: "t",
      run: () => setTheme(isDark() ? "light" : "dark"),
    },
    ...[...new Set(["UTC", localZone()])].map((zone) => ({ label: `Show times in ${zone}`, run: () => setZone(zone) })),
    { label: "Show times in another zone …", run: go("/settings") },
    { label: "Keyboard shortcuts", detail: "?", run: () => dispatchEvent(new Event(OPEN_SHEET)) },
  ];
  const fits = ({ label }: { label: string }) => matches(label, words);
  // Until the answer for what is typed now is there, the lists hold what an earlier word found: Enter must not take one
  // of those.
  const named = <T extends { name: string }>(items: T[] | undefined): T[] =>
    found ? (items ?? []).filter(({ name }) => matches(name, words)) : [];
  return [
    ...pageActions()
      .filter(fits)
      .map((action) => ({ ...action, detail: "this page" })),
    ...fixed.filter(fits),
    ...named(runs.data?.items).map((run) => ({
      label: run.name,
      detail: `run of ${run.flow_name}`,
      mark: <StateDot {...run} />,
      run: go(`/runs/flow-run/${run.id}`),
    })),
    ...named(flows.data?.items)
      .slice(0, 8)
      .map((flow) => ({ label: flow.name, detail: "flow", run: go(`/flows/${flow.id}`) })),
    ...named(deployments.data?.items).map((each) => ({
      label: `${each.flow_name}/${each.name}`,
      detail: "deployment",
      run: go(`/deployments/${each.id}`),
    })),
  ];
}
