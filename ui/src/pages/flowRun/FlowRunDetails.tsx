import { useQuery } from "@tanstack/react-query";
import * as queries from "../../api/queries";
import type { FlowRun } from "../../api/types";
import { Facts } from "../../components/Facts";
import { Read } from "../../components/feedback";
import { StatesTable } from "../../components/StatesTable";
import { duration } from "../../time/format";
import { TimeSpentBar } from "./TimeSpentBar";

/** Every state with its time and message, and the facts that stand nowhere else. */
export function FlowRunDetails({ run }: { run: FlowRun }) {
  const states = useQuery(queries.flowRunStates(run.id));
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
      <div className="card overflow-hidden">
        <Read query={states}>{(found) => <StatesTable states={found} />}</Read>
      </div>
      <div className="flex flex-col gap-4">
        <TimeSpentBar run={run} />
        <div className="card pt-4">
          <Facts
            facts={[
              ["Run ID", <code key="id">{run.id}</code>],
              ["Root run ID", <code key="root">{run.root_flow_run_id}</code>],
              ["Task runner", run.task_runner],
              ["Entrypoint", run.entrypoint && <code key="entry">{run.entrypoint}</code>],
              ["Attempt", run.attempt],
              ["Starts", `${run.run_count} in this attempt`],
              ["Time in RUNNING", duration(run.total_run_time_seconds)],
              ["Scheduled by", run.auto_scheduled ? "deployment schedule" : "hand"],
              ["Idempotency key", run.idempotency_key],
              ...(run.incomplete_history
                ? ([["History", "Part of its journal is unreadable; run armillary doctor"]] as [string, string][])
                : []),
            ]}
          />
        </div>
      </div>
    </div>
  );
}
