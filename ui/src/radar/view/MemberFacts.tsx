import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import * as queries from "../../api/queries";
import { Button } from "../../components/controls";
import { Close } from "../../components/icons";
import { StateBadge } from "../../components/state";
import { RunTime } from "../../components/times";

/** The selected task run of a group; `leaves` labels the button that deselects it. */
export function MemberFacts({ id, leaves, onLeave }: { id: string; leaves: string; onLeave: () => void }) {
  const run = useQuery(queries.taskRun(id)).data;
  const name = run?.name ?? "…";
  return (
    <section
      aria-label="Selected task run"
      className="flex items-center gap-x-3 rounded-lg border border-accent bg-accent-soft py-1 pr-1 pl-3"
    >
      {run?.child_flow_run_id ? (
        <Link
          to="/runs/flow-run/$id"
          params={{ id: run.child_flow_run_id }}
          className="link min-w-0 truncate font-medium"
        >
          {name}
        </Link>
      ) : (
        <Link to="/runs/task-run/$id" params={{ id }} className="link min-w-0 truncate font-medium">
          {name}
        </Link>
      )}
      {run && <StateBadge {...run} />}
      {run?.end_time && (
        <span className="whitespace-nowrap text-muted">
          <RunTime run={run} />
        </span>
      )}
      {run && run.run_count > 1 && <span className="whitespace-nowrap text-muted">try {run.run_count}</span>}
      <Button kind="quiet" square aria-label={leaves} className="ml-auto shrink-0" onClick={onLeave}>
        <Close />
      </Button>
    </section>
  );
}
