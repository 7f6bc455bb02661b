import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { post } from "../api/client";
import { flowRunKeys } from "../api/queryKeys";
import type { Criteria, FlowRun, Page, StateType, TaskRunMark } from "../api/types";
import { classes } from "./classes";
import { EmptyState } from "./feedback";
import { EndlessList } from "./EndlessList";
import { ROW_HEIGHT, RowName, RowState, RowTags } from "./row";
import { TaskCount, TaskStrip } from "./TaskStrip";
import { Ago, RunTime } from "./times";

type Counts = Partial<Record<StateType, number>>;
type CountedRun = FlowRun & { counts: Counts | null; strip: TaskRunMark[] | null };

interface Props {
  criteria: Criteria;
  sort?: string;
  empty?: ReactNode;
  /** Chosen runs, where they can be chosen. */
  chosen?: ReadonlySet<string>;
  onChoose?: (id: string) => void;
}

/** Flow runs that match, by default latest first. */
export function FlowRunList({ criteria, sort = "EXPECTED_START_TIME_DESC", empty, chosen, onChoose }: Props) {
  return (
    <EndlessList<CountedRun>
      label="Flow runs"
      queryKey={flowRunKeys.endless(criteria, sort)}
      read={(after, signal) => readCounted({ ...criteria, sort, limit: 50, after }, signal)}
      rowHeight={ROW_HEIGHT}
      empty={empty ?? <EmptyState title="No flow run matches">Widen the time range or remove a filter.</EmptyState>}
      row={(run) => <FlowRunRow run={run} {...(onChoose ? { chosen: chosen?.has(run.id) ?? false, onChoose } : {})} />}
    />
  );
}

/** A page of runs with what their task runs did, in three requests whatever its length. */
async function readCounted(listing: object, signal: AbortSignal): Promise<Page<CountedRun>> {
  const page = await post<Page<FlowRun>>("flow_runs/filter", listing, signal);
  const ids = page.items.filter((run) => run.start_time !== null).map((run) => run.id);
  const [counts, strips] = ids.length
    ? await Promise.all([
        post<Record<string, Counts>>("flow_runs/task_run_counts", { ids }, signal),
        post<Record<string, TaskRunMark[]>>("flow_runs/task_run_strips", { ids }, signal),
      ])
    : [{}, {}];
  return {
    ...page,
    items: page.items.map((run) => ({ ...run, counts: counts[run.id] ?? null, strip: strips[run.id] ?? null })),
  };
}

function FlowRunRow({ run, chosen, onChoose }: { run: CountedRun; chosen?: boolean; onChoose?: (id: string) => void }) {
  return (
    <article
      className={classes(
        "flex h-full items-center gap-3 border-b border-line px-4 hover:bg-[var(--hover)]",
        chosen ? "bg-accent-soft" : "",
      )}
    >
      {onChoose && (
        <input
          type="checkbox"
          aria-label={`Select ${run.name}`}
          checked={chosen ?? false}
          onChange={() => onChoose(run.id)}
          className="size-4 shrink-0 accent-[var(--accent)]"
        />
      )}
      <RowState run={run} />
      <div className="flex min-w-0 flex-1 items-center gap-2">
        <RowName
          of={
            <Link to="/flows/$id" params={{ id: run.flow_id }} title={run.flow_name} className="hover:underline">
              {run.flow_name}
            </Link>
          }
        >
          <Link to="/runs/flow-run/$id" params={{ id: run.id }} title={run.name} className="hover:underline">
            {run.name}
          </Link>
        </RowName>
        <RowTags tags={run.tags} />
      </div>
      {run.counts && (
        <>
          <span
            className={classes(
              "hidden w-32 shrink-0 text-right text-[12.5px] whitespace-nowrap text-muted tabular-nums lg:block",
            )}
          >
            <TaskCount counts={run.counts} />
          </span>
          <span className="hidden w-[120px] shrink-0 items-center md:flex">
            <TaskStrip marks={run.strip} counts={run.counts} />
          </span>
        </>
      )}
      <span className="hidden w-24 shrink-0 text-right text-muted sm:block">
        <Ago at={run.start_time ?? run.expected_start_time} />
      </span>
      <span className="w-20 shrink-0 text-right">
        <RunTime run={run} />
      </span>
    </article>
  );
}
