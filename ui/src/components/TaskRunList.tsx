import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { post } from "../api/client";
import type { Criteria, FlowRun, Page, TaskRun } from "../api/types";
import { EmptyState } from "./feedback";
import { EndlessList } from "./EndlessList";
import { ROW_HEIGHT, RowState, RowTags } from "./row";
import { Ago, RunTime } from "./times";

type PlacedRun = TaskRun & { flow_run: FlowRun | null };

interface Props {
  criteria: Criteria;
  sort?: string;
  empty?: ReactNode;
  /** They are of more than one flow run, so each says of which. */
  ofManyRuns?: boolean;
}

/** Task runs that match. A subflow is one of them, and links to its own run. */
export function TaskRunList({ criteria, sort = "ID_ASC", empty, ofManyRuns = false }: Props) {
  return (
    <EndlessList<PlacedRun>
      label="Task runs"
      queryKey={["task_run", "endless", criteria, sort, ofManyRuns]}
      read={(after, signal) => readPlaced({ ...criteria, sort, limit: 100, after }, ofManyRuns, signal)}
      rowHeight={ROW_HEIGHT}
      empty={empty ?? <EmptyState title="No task run matches">Widen the time or take a filter away.</EmptyState>}
      row={(run) => <TaskRunRow run={run} />}
    />
  );
}

/** A page of task runs, with the flow runs they are in where that is asked for: two requests whatever its length. */
async function readPlaced(listing: object, withRuns: boolean, signal: AbortSignal): Promise<Page<PlacedRun>> {
  const page = await post<Page<TaskRun>>("task_runs/filter", listing, signal);
  const ids = [...new Set(page.items.map((run) => run.flow_run_id))];
  const above = withRuns && ids.length ? await post<Page<FlowRun>>("flow_runs/filter", { flow_runs: { id: { any_: ids } }, limit: ids.length }, signal) : { items: [] };
  const byId = new Map(above.items.map((run) => [run.id, run]));
  return { ...page, items: page.items.map((run) => ({ ...run, flow_run: byId.get(run.flow_run_id) ?? null })) };
}

function TaskRunRow({ run }: { run: PlacedRun }) {
  const name = "truncate font-semibold hover:underline";
  return (
    <article className="flex h-full items-center gap-3 border-b border-line px-4 hover:bg-[var(--hover)]">
      <RowState run={run} />
      <div className="flex min-w-0 flex-1 items-center gap-2">
        {run.flow_run && (
          <>
            <Link to="/runs/flow-run/$id" params={{ id: run.flow_run_id }} className="truncate text-muted hover:underline">
              {run.flow_run.flow_name} / {run.flow_run.name}
            </Link>
            <span className="text-muted">/</span>
          </>
        )}
        {run.child_flow_run_id ? (
          <Link to="/runs/flow-run/$id" params={{ id: run.child_flow_run_id }} className={name}>
            {run.name}
          </Link>
        ) : (
          <Link to="/runs/task-run/$id" params={{ id: run.id }} className={name}>
            {run.name}
          </Link>
        )}
        {run.child_flow_run_id && <span className="shrink-0 rounded bg-accent-soft px-1.5 text-[11.5px] text-accent">subflow</span>}
        {run.run_count > 1 && <span className="shrink-0 text-[12px] text-muted">try {run.run_count}</span>}
        <RowTags tags={run.tags} />
      </div>
      <span className="hidden w-24 shrink-0 text-right text-muted sm:block">{run.start_time && <Ago at={run.start_time} />}</span>
      <span className="w-20 shrink-0 text-right">{run.start_time ? <RunTime run={run} /> : <span className="text-muted">–</span>}</span>
    </article>
  );
}
