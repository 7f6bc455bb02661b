import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import * as queries from "../../api/queries";
import type { Criteria, RunFacts } from "../../api/types";
import { Card } from "../../components/controls";
import { Read } from "../../components/feedback";
import { lookOf } from "../../components/state";
import { duration } from "../../time/format";
import { useMinute } from "../../time/now";
import { alreadyDue } from "./due";

const SHOWN = 60;
const HEIGHT = 52;

/** How long the latest runs took, and how late they began; one that has not begun gets later until it does. */
export function RunCharts({ criteria }: { criteria: Criteria }) {
  const begun = { ...criteria, flow_runs: { ...criteria.flow_runs, start_time: { is_null_: false } } };
  const due = alreadyDue(criteria, useMinute());
  return (
    <div className="flex flex-col gap-4">
      <Chart
        title="Duration"
        criteria={begun}
        none="No run started in this period."
        value={(run) => run.run_time_seconds}
      />
      <Chart
        title="Lateness"
        criteria={due}
        none="No run was due in this period."
        value={(run) => run.lateness_seconds}
      />
    </div>
  );
}

interface Props {
  title: string;
  criteria: Criteria;
  none: string;
  value: (run: RunFacts) => number;
}

function Chart({ title, criteria, none, value }: Props) {
  const facts = useQuery(queries.flowRunFacts(criteria, SHOWN));
  const runs = facts.data ?? [];
  const average = runs.length ? runs.reduce((sum, run) => sum + value(run), 0) / runs.length : null;
  return (
    <Card
      title={title}
      className="flex flex-1 flex-col"
      action={
        average !== null && (
          <span className="text-muted">
            <span className="numeric text-ink">{duration(average)}</span> average
          </span>
        )
      }
    >
      <Read query={facts} height={HEIGHT}>
        {() => (
          <div
            className="flex flex-1 items-end gap-[2px] px-4 pb-3"
            style={{ minHeight: HEIGHT }}
            role="img"
            aria-label={`${title} of the latest ${runs.length} runs, ${duration(average)} on average`}
          >
            {runs.length ? (
              <Columns runs={runs} value={value} />
            ) : (
              <span className="text-[12px] text-muted">{none}</span>
            )}
          </div>
        )}
      </Read>
    </Card>
  );
}

/** The latest run is on the right, as on every time axis. */
function Columns({ runs, value }: { runs: readonly RunFacts[]; value: (run: RunFacts) => number }) {
  const navigate = useNavigate();
  const highest = Math.max(1e-9, ...runs.map(value));
  return runs.map((run) => (
    <div
      key={run.id}
      data-state={lookOf(run.state_type, run.state_name)}
      title={`${run.name}: ${duration(value(run))}`}
      onClick={() => void navigate({ to: "/runs/flow-run/$id", params: { id: run.id } })}
      className="state-fill max-w-3 min-w-[2px] flex-1 cursor-pointer rounded-t-[2px] hover:brightness-125"
      style={{ height: `${Math.max(4, (value(run) / highest) * 100)}%` }}
    />
  ));
}
