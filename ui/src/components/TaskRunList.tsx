import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { post } from "../api/client";
import { taskRunKeys } from "../api/queryKeys";
import { tryWords } from "../api/tries";
import type { Criteria, FlowRun, Page, TaskRun } from "../api/types";
import { plural } from "../time/format";
import { EmptyState } from "./feedback";
import { EndlessList } from "./EndlessList";
import { ROW_HEIGHT, RowName, RowState, RowTags } from "./row";
import { Ago, RunTime } from "./times";

type PlacedRun = TaskRun & { flow_run: FlowRun | null };

interface Props {
  criteria: Criteria;
  sort?: string;
  empty?: ReactNode;
  /** The flow run they are all of; else each is of one of its own. */
  flowRun?: FlowRun;
}

/** Task runs that match. A subflow is one of them, and links to its own run. */
export function TaskRunList({ criteria, sort = "ID_ASC", empty, flowRun }: Props) {
  return (
    <EndlessList<PlacedRun>
      label="Task runs"
      queryKey={taskRunKeys.endless(criteria, sort)}
      read={(after, signal) => readPlaced({ ...criteria, sort, limit: 100, after }, flowRun, signal)}
      rowHeight={ROW_HEIGHT}
      empty={empty ?? <EmptyState title="No task run matches">Widen the time range or remove a filter.</EmptyState>}
      row={(run) => <TaskRunRow run={run} />}
    />
  );
}

/** A page of task runs, with the flow runs they are in: two requests whatever its length. */
async function readPlaced(
  listing: object,
  flowRun: FlowRun | undefined,
  signal: AbortSignal,
): Promise<Page<PlacedRun>> {
  const page = await post<Page<TaskRun>>("task_runs/filter", listing, signal);
  if (flowRun) return { ...page, items: page.items.map((run) => ({ ...run, flow_run: flowRun })) };
  const ids = [...new Set(page.items.map((run) => run.flow_run_id))];
  const above = ids.length
    ? await post<Page<FlowRun>>("flow_runs/filter", { flow_runs: { id: { any_: ids } }, limit: ids.length }, signal)
    : { items: [] };
  const byId = new Map(above.items.map((run) => [run.id, run]));
  return { ...page, items: page.items.map((run) => ({ ...run, flow_run: byId.get(run.flow_run_id) ?? null })) };
}

function TaskRunRow({ run }: { run: PlacedRun }) {
  const called = tryWords(run);
  return (
    <article className="flex h-full items-center gap-3 border-b border-line px-4 hover:bg-[var(--hover)]">
      <RowState run={run} />
      <div className="flex min-w-0 flex-1 items-center gap-2">
        <RowName
          of={
            run.flow_run && (
              <Link
                to="/runs/flow-run/$id"
                params={{ id: run.flow_run_id }}
                title={run.flow_run.name}
                className="hover:underline"
              >
                {run.flow_run.flow_name} / {run.flow_run.name}
              </Link>
            )
          }
        >
          <Link
            to={run.child_flow_run_id ? "/runs/flow-run/$id" : "/runs/task-run/$id"}
            params={{ id: run.child_flow_run_id ?? run.id }}
            title={run.name}
            className="hover:underline"
          >
            {run.name}
          </Link>
        </RowName>
        {run.child_flow_run_id && (
          <span className="shrink-0 rounded bg-accent-soft px-1.5 text-[11.5px] text-accent">subflow</span>
        )}
        {run.run_count > 1 && (
          <span className="shrink-0 text-[12px] text-muted">{plural(run.run_count - 1, "retry", "retries")}</span>
        )}
        {called && (
          <span title="Each try of a flow run calls its tasks again" className="shrink-0 text-[12px] text-muted">
            {called}
          </span>
        )}
        <RowTags tags={run.tags} />
      </div>
      <span className="hidden w-24 shrink-0 text-right text-muted sm:block">
        {run.start_time && <Ago at={run.start_time} />}
      </span>
      <span className="w-20 shrink-0 text-right">
        <RunTime run={run} />
      </span>
    </article>
  );
}
