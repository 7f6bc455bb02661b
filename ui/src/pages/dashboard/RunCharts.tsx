import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import * as queries from "../../api/queries";
import type { Criteria, RunFacts } from "../../api/types";
import { Card } from "../../components/controls";
import { lookOf } from "../../components/state";
import { duration } from "../../time/format";

const SHOWN = 60;

/** How long the latest runs took, and how late they began. */
export function RunCharts({ criteria }: { criteria: Criteria }) {
  const begun = { ...criteria, flow_runs: { ...criteria.flow_runs, start_time: { is_null_: false } } };
  const runs = useQuery(queries.flowRunFacts(begun, SHOWN)).data ?? [];
  return (
    <div className="flex flex-col gap-4">
      <Chart title="Run time" runs={runs} value={(run) => run.run_time_seconds} />
      <Chart title="Lateness" runs={runs} value={(run) => run.lateness_seconds} />
    </div>
  );
}

function Chart({ title, runs, value }: { title: string; runs: RunFacts[]; value: (run: RunFacts) => number }) {
  const navigate = useNavigate();
  const average = runs.length ? runs.reduce((sum, run) => sum + value(run), 0) / runs.length : null;
  const highest = Math.max(1e-9, ...runs.map(value));
  const inOrder = [...runs].reverse();
  return (
    <Card
      title={title}
      className="flex flex-1 flex-col"
      action={
        <span className="text-muted">
          <span className="numeric text-ink">{duration(average)}</span> average
        </span>
      }
    >
      <div className="flex min-h-[52px] flex-1 items-end gap-[2px] px-4 pb-3" role="img" aria-label={`${title} of the latest ${runs.length} runs, ${duration(average)} on average`}>
        {inOrder.map((run) => (
          <div
            key={run.id}
            data-state={lookOf(run.state_type, run.state_name)}
            title={`${run.name}: ${duration(value(run))}`}
            onClick={() => void navigate({ to: "/runs/flow-run/$id", params: { id: run.id } })}
            className="state-fill max-w-3 min-w-[2px] flex-1 cursor-pointer rounded-t-[2px] hover:brightness-125"
            style={{ height: `${Math.max(4, (value(run) / highest) * 100)}%` }}
          />
        ))}
        {!runs.length && <span className="text-[12px] text-muted">No run has begun in this time.</span>}
      </div>
    </Card>
  );
}
