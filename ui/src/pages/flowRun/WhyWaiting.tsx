import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import * as queries from "../../api/queries";
import type { FlowRun, Waiting } from "../../api/types";
import { Clock } from "../../components/icons";
import { Ago } from "../../components/times";

/** Why a run that has not ended is not running. */
export function WhyWaiting({ run }: { run: FlowRun }) {
  const waiting = useQuery(queries.whyFlowRunWaits(run.id)).data;
  return <Reasons waiting={waiting} />;
}

export function Reasons({ waiting }: { waiting: Waiting | undefined }) {
  if (!waiting?.reasons.length) return null;
  return (
    <section aria-label="Why is it waiting?" className="card flex items-start gap-3 px-4 py-3">
      <Clock className="mt-0.5 shrink-0 text-muted" />
      <ul className="flex flex-col gap-1">
        {waiting.reasons.map((reason) => (
          <li key={reason.kind + reason.message}>
            {reason.message}{" "}
            {reason.until && (
              <span className="text-muted">
                (<Ago at={reason.until} />)
              </span>
            )}
            {reason.waited_for.map((each) => (
              <span key={each.id}>
                {" "}
                {each.kind === "flow_run" ? (
                  <Link to="/runs/flow-run/$id" params={{ id: each.id }} className="link">
                    {each.name}
                  </Link>
                ) : each.kind === "task_run" ? (
                  <Link to="/runs/task-run/$id" params={{ id: each.id }} className="link">
                    {each.name}
                  </Link>
                ) : each.kind === "work_queue" ? (
                  <Link to="/work-queues/$id" params={{ id: each.id }} className="link">
                    {each.name}
                  </Link>
                ) : (
                  each.name
                )}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
