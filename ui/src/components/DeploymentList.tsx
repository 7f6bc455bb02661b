import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { post } from "../api/client";
import type { Criteria, Deployment, FlowRun, Page } from "../api/types";
import { Button, Tags, Toggle } from "./controls";
import { EmptyState } from "./feedback";
import { EndlessList } from "./EndlessList";
import { Play } from "./icons";
import { complain, say } from "./toast";

export function DeploymentList({ criteria }: { criteria: Criteria }) {
  return (
    <EndlessList<Deployment>
      label="Deployments"
      queryKey={["deployment", "endless", criteria]}
      read={(after, signal) => post<Page<Deployment>>("deployments/filter", { ...criteria, limit: 50, after }, signal)}
      rowHeight={62}
      empty={
        <EmptyState title="No deployment matches" command="armillary deployment create deployments.py">
          A deployment lets a flow run on a schedule, or at the press of a button.
        </EmptyState>
      }
      row={(deployment) => <DeploymentRow deployment={deployment} />}
    />
  );
}

export const scheduleWords = (deployment: Deployment): string => deployment.schedules.map((each) => each.words).join(", ") || "No schedule";

function DeploymentRow({ deployment }: { deployment: Deployment }) {
  return (
    <article className="flex h-full items-center gap-3 border-b border-line px-4 hover:bg-[var(--hover)]">
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-1.5 truncate">
          <Link to="/flows/$id" params={{ id: deployment.flow_id }} className="truncate text-muted hover:underline">
            {deployment.flow_name}
          </Link>
          <span className="text-muted">/</span>
          <Link to="/deployments/$id" params={{ id: deployment.id }} className="truncate font-semibold hover:underline">
            {deployment.name}
          </Link>
        </div>
        <p className="truncate text-[12.5px] text-muted">
          {scheduleWords(deployment)} · {String(deployment.flow_runner["type"] ?? "universal")} · <span className="font-mono">{deployment.entrypoint}</span>
        </p>
      </div>
      <Tags tags={deployment.tags} />
      <QuickRun deployment={deployment} />
      <ScheduleSwitch deployment={deployment} />
    </article>
  );
}

/** Runs it now; one that needs parameters asks for them first. */
export function QuickRun({ deployment }: { deployment: Deployment }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const required = (deployment.parameter_schema["required"] as string[] | undefined) ?? [];
  const asks = required.some((name) => !(name in deployment.parameters));
  const run = useMutation({
    mutationFn: () => post<FlowRun>(`deployments/${deployment.id}/create_flow_run`, { parameters: {} }),
    onError: complain,
    onSuccess: (made) => {
      say(`Run ${made.name} is due now.`);
      void client.invalidateQueries({ queryKey: ["flow_run"] });
    },
  });
  return (
    <Button disabled={run.isPending} onClick={() => (asks ? void navigate({ to: "/deployments/$id", params: { id: deployment.id }, search: { run: "1" } }) : run.mutate())}>
      <Play width={12} height={12} /> {asks ? "Run …" : "Quick run"}
    </Button>
  );
}

export function ScheduleSwitch({ deployment }: { deployment: Deployment }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (on: boolean) => post(`deployments/${deployment.id}/${on ? "resume" : "pause"}`),
    onError: complain,
    onSuccess: () => client.invalidateQueries({ queryKey: ["deployment"] }),
  });
  if (!deployment.schedules.length) return <span className="w-8" />;
  return <Toggle on={!deployment.paused} label={deployment.paused ? `Schedule of ${deployment.name} is paused: resume it` : `Pause the schedule of ${deployment.name}`} disabled={change.isPending} onChange={(on) => change.mutate(on)} />;
}
