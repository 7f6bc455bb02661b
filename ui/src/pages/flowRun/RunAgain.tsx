import { useQuery } from "@tanstack/react-query";
import * as queries from "../../api/queries";
import type { FlowRun } from "../../api/types";
import { Dialog } from "../../components/Dialog";
import { Read } from "../../components/feedback";
import { RunForm } from "../deployments/RunForm";

export function RunAgain({ run, deploymentId, onClose }: { run: FlowRun; deploymentId: string; onClose: () => void }) {
  const deployment = useQuery(queries.deployment(deploymentId));
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Run ${run.flow_name} again`}
      description={`Starts with the parameters of ${run.name}.`}
    >
      <Read query={deployment}>
        {(found) => <RunForm deployment={found} values={run.parameters} onDone={onClose} />}
      </Read>
    </Dialog>
  );
}
