import { Link, useNavigate } from "@tanstack/react-router";
import type { FlowRun, Graph } from "../../api/types";
import { classes } from "../../components/classes";
import { CopyButton } from "../../components/Facts";
import { StateBadge } from "../../components/state";
import { Ancestors } from "./Ancestors";

const VIEWS = [
  ["radar", "Radar"],
  ["layered", "Layered"],
  ["timeline", "Timeline"],
] as const;

export type View = (typeof VIEWS)[number][0];

/**
 * Where one is, how the run stands, and which of the three views is shown. `above`: runs it is a subflow of, outermost
 * first.
 */
export function RunHeader({
  run,
  above,
  view,
  graph,
}: {
  run: FlowRun;
  above: readonly FlowRun[];
  view: View;
  graph: Graph | undefined;
}) {
  const navigate = useNavigate({ from: "/runs/flow-run/$id/radar" });
  return (
    <header className="flex flex-wrap items-center gap-3">
      <nav aria-label="Breadcrumb" className="flex max-w-full min-w-0 items-center gap-2 text-lg leading-[30px]">
        <Ancestors above={above} view={view} />
        <span className="truncate text-muted">{run.flow_name} /</span>
        <Link to="/runs/flow-run/$id" params={{ id: run.id }} className="truncate font-semibold hover:underline">
          {run.name}
        </Link>
        <h1 className="sr-only">
          {VIEWS.find(([name]) => name === view)![1]} of {run.name}
        </h1>
      </nav>
      <StateBadge {...run} />
      <div
        role="group"
        aria-label="View"
        className="flex overflow-hidden rounded-[7px] border border-[var(--line-strong)]"
      >
        {VIEWS.map(([name, label]) => (
          <button
            key={name}
            type="button"
            aria-pressed={view === name}
            onClick={() => void navigate({ search: (before) => ({ ...before, view: name }), replace: true })}
            className={classes(
              "h-[28px] px-3 font-medium",
              view === name ? "bg-accent text-on-accent" : "bg-surface hover:bg-[var(--hover)]",
            )}
          >
            {label}
          </button>
        ))}
      </div>
      {graph && graph.tries > 1 && (
        <select
          aria-label="Try"
          className="field"
          value={graph.run_try}
          onChange={(event) =>
            void navigate({ search: (before) => ({ ...before, try: event.target.value }), replace: true })
          }
        >
          {Array.from({ length: graph.tries }, (_, at) => (
            <option key={at} value={at + 1}>
              Try {at + 1}
            </option>
          ))}
        </select>
      )}
      <span className="ml-auto text-muted">
        {run.flow_version && (
          <>
            Flow version <code>{run.flow_version}</code>
          </>
        )}
      </span>
      <CopyButton text={run.id} label="Copy run ID" />
    </header>
  );
}
