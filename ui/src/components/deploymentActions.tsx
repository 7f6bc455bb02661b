import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { post } from "../api/client";
import { deploymentKeys, flowRunKeys } from "../api/queryKeys";
import type { Deployment, FlowRun } from "../api/types";
import { Button, Toggle } from "./controls";
import { Play } from "./icons";
import { notifyError, notify } from "./toast";

/** Runs a deployment now; one that needs parameters asks for them first. */
export function useQuickRun(deployment: Deployment) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const required = (deployment.parameter_schema["required"] as string[] | undefined) ?? [];
  const asks = required.some((name) => !(name in deployment.parameters));
  const run = useMutation({
    mutationFn: () => post<FlowRun>(`deployments/${deployment.id}/create_flow_run`, { parameters: {} }),
    onError: notifyError,
    onSuccess: (made) => {
      notify(`Run ${made.name} is due now.`);
      void client.invalidateQueries({ queryKey: flowRunKeys.all() });
    },
  });
  const ask = () => void navigate({ to: "/deployments/$id", params: { id: deployment.id }, search: { run: "1" } });
  return { asks, busy: run.isPending, run: asks ? ask : () => run.mutate() };
}

export function QuickRun({ deployment }: { deployment: Deployment }) {
  const { asks, busy, run } = useQuickRun(deployment);
  return (
    <Button disabled={busy} onClick={run}>
      <Play width={12} height={12} /> <span className="max-sm:sr-only">{asks ? "Run …" : "Quick run"}</span>
    </Button>
  );
}

/** Pauses or resumes all schedules of a deployment. */
export function useScheduleSwitch(deployment: Deployment) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (on: boolean) => post(`deployments/${deployment.id}/${on ? "resume" : "pause"}`),
    onError: notifyError,
    onSuccess: () => client.invalidateQueries({ queryKey: deploymentKeys.all() }),
  });
}

export function ScheduleSwitch({ deployment }: { deployment: Deployment }) {
  const change = useScheduleSwitch(deployment);
  if (!deployment.schedules.length) return <span className="w-[32px] shrink-0" />;
  return (
    <Toggle
      on={!deployment.paused}
      label={
        deployment.paused
          ? `Schedule of ${deployment.name} is paused; resume it`
          : `Pause the schedule of ${deployment.name}`
      }
      disabled={change.isPending}
      onChange={(on) => change.mutate(on)}
    />
  );
}
