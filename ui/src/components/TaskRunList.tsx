import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { post } from "../api/client";
import type { Criteria, Page, TaskRun } from "../api/types";
import { Tags } from "./controls";
import { EmptyState } from "./feedback";
import { EndlessList } from "./EndlessList";
import { StateBadge } from "./state";
import { Ago, RunTime } from "./times";

/** Task runs that match. A subflow is one of them, and links to its own run. */
export function TaskRunList({ criteria, sort = "ID_ASC", empty }: { criteria: Criteria; sort?: string; empty?: ReactNode }) {
  return (
    <EndlessList<TaskRun>
      label="Task runs"
      queryKey={["task_run", "endless", criteria, sort]}
      read={(after, signal) => post<Page<TaskRun>>("task_runs/filter", { ...criteria, sort, limit: 100, after }, signal)}
      rowHeight={46}
      empty={empty ?? <EmptyState title="No task run matches">Widen the time or take a filter away.</EmptyState>}
      row={(run) => <TaskRunRow run={run} />}
    />
  );
}

function TaskRunRow({ run }: { run: TaskRun }) {
  return (
    <article className="flex h-full items-center gap-3 border-b border-line px-4 hover:bg-[var(--hover)]">
      <div className="flex min-w-0 flex-1 items-center gap-2">
        {run.child_flow_run_id ? (
          <Link to="/runs/flow-run/$id" params={{ id: run.child_flow_run_id }} className="truncate font-semibold hover:underline">
            {run.name}
          </Link>
        ) : (
          <Link to="/runs/task-run/$id" params={{ id: run.id }} className="truncate font-semibold hover:underline">
            {run.name}
          </Link>
        )}
        {run.child_flow_run_id && <span className="rounded bg-accent-soft px-1.5 text-[11.5px] text-accent">subflow</span>}
        {run.run_count > 1 && <span className="text-[12px] text-muted">try {run.run_count}</span>}
        <Tags tags={run.tags} />
      </div>
      <span className="hidden w-24 text-right text-muted sm:block">{run.start_time && <Ago at={run.start_time} />}</span>
      <span className="w-20 text-right">{run.start_time ? <RunTime run={run} /> : <span className="text-muted">–</span>}</span>
      <span className="flex w-28 justify-end">
        <StateBadge {...run} />
      </span>
    </article>
  );
}
