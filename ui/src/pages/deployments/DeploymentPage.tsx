import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { remove } from "../../api/client";
import * as queries from "../../api/queries";
import { deploymentKeys } from "../../api/queryKeys";
import type { Deployment } from "../../api/types";
import { copy } from "../../components/clipboard";
import { Button, Card, Tags } from "../../components/controls";
import { QuickRun, ScheduleSwitch, useQuickRun, useScheduleSwitch } from "../../components/deploymentActions";
import { scheduleWords, storageWords } from "../../components/DeploymentList";
import { Confirm, Dialog } from "../../components/Dialog";
import { Facts, Json } from "../../components/Facts";
import { EmptyState, Read } from "../../components/feedback";
import { FlowRunList } from "../../components/FlowRunList";
import { Heading } from "../../components/Heading";
import { More } from "../../components/icons";
import { Menu, MenuItem } from "../../components/Menu";
import { RunsSoFar, useRunsSoFar } from "../../components/RunsSoFar";
import { Tabs } from "../../components/Tabs";
import { Moment } from "../../components/times";
import { notifyError, notify } from "../../components/toast";
import { usePageActions } from "../../shell/pageActions";
import { RunCharts } from "../dashboard/RunCharts";
import { IN_PLACE } from "../../shell/inPlace";
import { NextRuns } from "./NextRuns";
import { RunForm } from "./RunForm";
import { Schedules } from "./Schedules";

type Tab = "overview" | "runs" | "next" | "parameters" | "schedules";

export function DeploymentPage() {
  const { id } = useParams({ from: "/shell/deployments/$id" });
  return <Read query={useQuery(queries.deployment(id))}>{(deployment) => <Shown deployment={deployment} />}</Read>;
}

function Shown({ deployment }: { deployment: Deployment }) {
  const { tab = "overview", run } = useSearch({ from: "/shell/deployments/$id" });
  const navigate = useNavigate({ from: "/deployments/$id" });
  const criteria = { flow_runs: { deployment_id: { any_: [deployment.id] } } };
  const runs = useRunsSoFar(criteria);
  const ask = (now: boolean) =>
    void navigate({ search: (before) => ({ ...before, run: now ? "1" : undefined }), ...IN_PLACE });
  return (
    <>
      <Heading
        title={deployment.name}
        of={
          <Link
            to="/flows/$id"
            params={{ id: deployment.flow_id }}
            title={deployment.flow_name}
            className="hover:underline"
          >
            {deployment.flow_name}
          </Link>
        }
      >
        <QuickRun deployment={deployment} />
        <Button kind="primary" onClick={() => ask(true)}>
          Run with parameters …
        </Button>
        <MoreActions deployment={deployment} onAsk={() => ask(true)} />
      </Heading>
      <div className="-mt-2 flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <span className="flex min-w-0 items-center gap-3">
          {deployment.schedules.length > 0 && <ScheduleSwitch deployment={deployment} />}
          <span className="min-w-0 wrap-anywhere text-muted">
            {deployment.paused ? "Paused" : scheduleWords(deployment)}
          </span>
        </span>
        <Tags tags={deployment.tags} />
      </div>
      <Tabs<Tab>
        tabs={[
          { name: "overview", label: "Overview" },
          { name: "runs", label: "Runs", many: runs },
          { name: "next", label: "Next runs" },
          { name: "parameters", label: "Parameters", many: Object.keys(deployment.parameters).length },
          { name: "schedules", label: "Schedules", many: deployment.schedules.length },
        ]}
        current={tab as Tab}
        onChange={(name) => void navigate({ search: { tab: name }, ...IN_PLACE })}
      >
        {tab === "overview" && <Overview deployment={deployment} />}
        {tab === "runs" && (
          <div className="card overflow-hidden">
            <RunsSoFar
              criteria={criteria}
              toUpcoming={
                <Link
                  to="/deployments/$id"
                  params={{ id: deployment.id }}
                  search={{ tab: "next" }}
                  {...IN_PLACE}
                  className="link"
                >
                  Show them
                </Link>
              }
              empty={<NotRunYet />}
            />
          </div>
        )}
        {tab === "next" && <NextRuns deployment={deployment} />}
        {tab === "parameters" && (
          <div className="card p-4">
            {Object.keys(deployment.parameters).length ? (
              <Json value={deployment.parameters} />
            ) : (
              <EmptyState title="No parameters set">The flow's own defaults apply.</EmptyState>
            )}
          </div>
        )}
        {tab === "schedules" && <Schedules deployment={deployment} />}
      </Tabs>
      <Dialog open={run === "1"} onClose={() => ask(false)} title={`Run ${deployment.flow_name}/${deployment.name}`}>
        <RunForm deployment={deployment} values={{}} onDone={() => undefined} />
      </Dialog>
    </>
  );
}

function Overview({ deployment }: { deployment: Deployment }) {
  const criteria = { flow_runs: { deployment_id: { any_: [deployment.id] } } };
  const blocks = useQuery(queries.storageBlocks()).data?.items ?? [];
  const facts: [string, React.ReactNode][] = [
    ["Entrypoint", <code key="e">{deployment.entrypoint}</code>],
    ["Flow runner", String(deployment.flow_runner["type"] ?? "universal")],
    ["Code", storageWords(deployment, blocks)],
    ["Work queue", deployment.work_queue_name ?? "chosen by its tags, otherwise default"],
    ["Version", deployment.version && <code key="v">{deployment.version}</code>],
    ["Concurrent runs", deployment.concurrency_limit ?? "unlimited"],
    [
      "At the limit",
      {
        enqueue: "the next run waits",
        cancel_new: "the next run is cancelled",
        cancel_running: "the oldest run is cancelled",
      }[String(deployment.on_collision)] ?? deployment.on_collision,
    ],
    ["Retries after a crash", deployment.crash_retries],
    ["Created", <Moment key="c" at={deployment.created} />],
    ["Updated", <Moment key="u" at={deployment.updated} />],
    ["ID", <code key="id">{deployment.id}</code>],
  ];
  return (
    <div className="flex flex-col gap-4">
      {deployment.description && (
        <p className="max-w-3xl wrap-anywhere whitespace-pre-wrap text-muted">{deployment.description}</p>
      )}
      <div className="grid gap-4 lg:grid-cols-2">
        <Card className="pt-4">
          <Facts facts={facts} />
        </Card>
        <RunCharts criteria={criteria} />
      </div>
      <Card title="Latest runs" className="overflow-hidden">
        <div className="border-t border-line">
          <FlowRunList
            criteria={{ flow_runs: { ...criteria.flow_runs, start_time: { is_null_: false } } }}
            empty={<NotRunYet />}
          />
        </div>
      </Card>
    </div>
  );
}

const NotRunYet = () => <EmptyState title="No run yet">Quick run starts it now with its own parameters.</EmptyState>;

function MoreActions({ deployment, onAsk }: { deployment: Deployment; onAsk: () => void }) {
  const [asked, setAsked] = useState(false);
  const navigate = useNavigate();
  const client = useQueryClient();
  const quick = useQuickRun(deployment);
  const schedule = useScheduleSwitch(deployment);
  const copyId = () => void copy(deployment.id);
  const forget = useMutation({
    mutationFn: () => remove(`deployments/${deployment.id}`),
    onError: notifyError,
    onSuccess: () => {
      notify(`Deleted deployment ${deployment.name}.`);
      void client.invalidateQueries({ queryKey: deploymentKeys.all() });
      void navigate({ to: "/deployments" });
    },
  });
  usePageActions([
    { label: quick.asks ? "Run …" : "Quick run", run: quick.run },
    { label: "Run with parameters …", run: onAsk },
    ...(deployment.schedules.length
      ? [
          {
            label: deployment.paused ? "Resume schedules" : "Pause schedules",
            run: () => schedule.mutate(deployment.paused),
          },
        ]
      : []),
    { label: "Copy deployment ID", run: copyId },
    { label: "Delete the deployment …", run: () => setAsked(true) },
  ]);
  return (
    <>
      <Menu
        trigger={
          <Button square aria-label="More actions">
            <More />
          </Button>
        }
      >
        <MenuItem onSelect={copyId}>Copy ID</MenuItem>
        <MenuItem danger onSelect={() => setAsked(true)}>
          Delete …
        </MenuItem>
      </Menu>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={`Delete ${deployment.name}?`}
        description="Deletes its runs that have not started; other runs stay."
        verb="Delete the deployment"
        busy={forget.isPending}
        onConfirm={() => forget.mutate()}
      />
    </>
  );
}
