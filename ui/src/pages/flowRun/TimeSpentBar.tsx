import { useQuery } from "@tanstack/react-query";
import * as queries from "../../api/queries";
import type { FlowRun } from "../../api/types";
import { Card } from "../../components/controls";
import { duration, plural } from "../../time/format";

const PARTS = [
  ["user_seconds", "User code", "--completed", "running task code"],
  ["waiting_seconds", "Waiting", "--scheduled", "for upstreams, slots, threads and retries"],
  ["serialisation_seconds", "Serialisation", "--running", "of stored results"],
  ["orchestration_seconds", "Orchestration", "--accent", "inside Armillary"],
] as const;

/** How an ended run spent its time: user code, waiting and overhead. */
export function TimeSpentBar({ run }: { run: FlowRun }) {
  const spent = useQuery({ ...queries.timeSpent(run.id), enabled: run.end_time !== null, retry: false }).data;
  if (!spent) return null;
  const total = PARTS.reduce((sum, [part]) => sum + spent[part], 0) || 1;
  return (
    <Card title="Time breakdown">
      <div className="px-4 pb-4">
        <p className="-mt-1 mb-2 text-[12px] text-muted">
          Summed over {plural(spent.task_runs, "task run")}, including those of subflow runs
        </p>
        <div
          className="mb-3 flex h-2.5 overflow-hidden rounded-full"
          role="img"
          aria-label={PARTS.map(([part, name]) => `${name} ${duration(spent[part])}`).join(", ")}
        >
          {PARTS.map(([part, , colour]) => (
            <span key={part} style={{ background: `var(${colour})`, width: `${(spent[part] / total) * 100}%` }} />
          ))}
        </div>
        <dl className="grid grid-cols-[max-content_max-content_1fr] gap-x-4 gap-y-1">
          {PARTS.map(([part, name, colour, what]) => (
            <div key={part} className="contents">
              <dt className="flex items-center gap-2">
                <span className="size-2.5 rounded-full" style={{ background: `var(${colour})` }} />
                {name}
              </dt>
              <dd className="numeric text-right">{duration(spent[part])}</dd>
              <dd className="text-muted">{what}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Card>
  );
}
