import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { post } from "../api/client";
import type { Criteria, FlowRun, Page, StateType } from "../api/types";
import { EmptyState } from "./feedback";
import { EndlessList } from "./EndlessList";
import { StateBadge } from "./state";
import { StatesBar } from "./states_bar";
import { Tags } from "./controls";
import { Ago, RunTime } from "./times";

export const FLOW_RUN_ROW = 62;

type Counts = Partial<Record<StateType, number>>;
type CountedRun = FlowRun & { counts: Counts | null };

interface Props {
  criteria: Criteria;
  sort?: string;
  empty?: ReactNode;
  /** Chosen runs, where they can be chosen. */
  chosen?: ReadonlySet<string>;
  onChoose?: (id: string) => void;
}

/** Flow runs that match, latest first unless said. */
export function FlowRunList({ criteria, sort = "EXPECTED_START_TIME_DESC", empty, chosen, onChoose }: Props) {
  return (
    <EndlessList<CountedRun>
      label="Flow runs"
      queryKey={["flow_run", "endless", criteria, sort]}
      read={(after, signal) => readCounted({ ...criteria, sort, limit: 50, after }, signal)}
      rowHeight={FLOW_RUN_ROW}
      empty={empty ?? <EmptyState title="No flow run matches">Widen the time or take a filter away.</EmptyState>}
      row={(run) => <FlowRunRow run={run} {...(onChoose ? { chosen: chosen?.has(run.id) ?? false, onChoose } : {})} />}
    />
  );
}

/** A page of runs with how many task runs of each are in which state, in two requests whatever its length. */
async function readCounted(listing: object, signal: AbortSignal): Promise<Page<CountedRun>> {
  const page = await post<Page<FlowRun>>("flow_runs/filter", listing, signal);
  const begun = page.items.filter((run) => run.start_time !== null).map((run) => run.id);
  const counts = begun.length ? await post<Record<string, Counts>>("flow_runs/task_run_counts", { ids: begun }, signal) : {};
  return { ...page, items: page.items.map((run) => ({ ...run, counts: counts[run.id] ?? null })) };
}

function FlowRunRow({ run, chosen, onChoose }: { run: CountedRun; chosen?: boolean; onChoose?: (id: string) => void }) {
  return (
    <article className={`flex h-full items-center gap-3 border-b border-line px-4 hover:bg-[var(--hover)] ${chosen ? "bg-accent-soft" : ""}`}>
      {onChoose && <input type="checkbox" aria-label={`Choose ${run.name}`} checked={chosen ?? false} onChange={() => onChoose(run.id)} className="size-4 accent-[var(--accent)]" />}
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-1.5 truncate">
          <Link to="/flows/$id" params={{ id: run.flow_id }} className="truncate text-muted hover:underline">
            {run.flow_name}
          </Link>
          <span className="text-muted">/</span>
          <Link to="/runs/flow-run/$id" params={{ id: run.id }} className="truncate font-semibold hover:underline">
            {run.name}
          </Link>
        </div>
        {run.tags.length > 0 && (
          <div className="flex h-[22px] items-center gap-2 overflow-hidden">
            <Tags tags={run.tags} />
          </div>
        )}
      </div>
      <span className="hidden w-44 justify-end md:flex">{run.counts && <StatesBar counts={run.counts} />}</span>
      <span className="hidden w-24 text-right text-muted sm:block">
        <Ago at={run.start_time ?? run.expected_start_time} />
      </span>
      <span className="w-20 text-right">{run.start_time ? <RunTime run={run} /> : <span className="text-muted">–</span>}</span>
      <span className="flex w-28 justify-end">
        <StateBadge {...run} />
      </span>
    </article>
  );
}
