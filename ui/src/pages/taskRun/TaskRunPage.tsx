import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { post } from "../../api/client";
import * as queries from "../../api/queries";
import { taskRunKeys } from "../../api/queryKeys";
import { tryWords } from "../../api/tries";
import type { TaskRun } from "../../api/types";
import { Button, Tags } from "../../components/controls";
import { Confirm } from "../../components/Dialog";
import { Facts } from "../../components/Facts";
import { Read } from "../../components/feedback";
import { StateBadge } from "../../components/state";
import { StatesTable } from "../../components/StatesTable";
import { Tabs } from "../../components/Tabs";
import { Moment, RunTime } from "../../components/times";
import { notifyError, notify } from "../../components/toast";
import { usePageActions } from "../../shell/pageActions";
import { duration } from "../../time/format";
import { RunToken } from "../../filters/RunToken";
import { useRootRun } from "../../live/live";
import { LogViewer } from "../../logs/LogViewer";
import { ArtifactCards } from "../artifacts/ArtifactCards";
import { Reasons } from "../flowRun/WhyWaiting";
import { IN_PLACE } from "../../shell/inPlace";

type Tab = "logs" | "artifacts" | "details";

export function TaskRunPage() {
  const { id } = useParams({ from: "/shell/runs/task-run/$id" });
  const run = useQuery(queries.taskRun(id));
  return <Read query={run}>{(found) => <Shown run={found} />}</Read>;
}

function Shown({ run }: { run: TaskRun }) {
  const flowRun = useQuery(queries.flowRun(run.flow_run_id)).data;
  useRootRun(flowRun?.root_flow_run_id);
  const search = useSearch({ from: "/shell/runs/task-run/$id" });
  const navigate = useNavigate({ from: "/runs/task-run/$id" });
  const tab = (search.tab ?? "logs") as Tab;
  const ended = run.end_time !== null;
  const waiting = useQuery({
    ...queries.whyTaskRunWaits(run.id),
    enabled: !ended && run.state_type !== "RUNNING",
  }).data;
  const artifacts = useQuery(queries.artifacts({ task_run_id: run.id })).data;
  return (
    <>
      {flowRun && <RunToken run={flowRun} />}
      <header className="flex flex-col gap-2.5">
        <div className="flex flex-wrap items-center gap-3">
          <h1 className="flex min-w-0 items-center gap-2 text-xl">
            {flowRun && (
              <>
                <Link
                  to="/runs/flow-run/$id"
                  params={{ id: run.flow_run_id }}
                  className="truncate font-normal text-muted hover:underline"
                >
                  {flowRun.flow_name} / {flowRun.name}
                </Link>
                <span className="text-muted">/</span>
              </>
            )}
            <span className="truncate">{run.name}</span>
          </h1>
          <StateBadge {...run} />
          <Tags tags={run.tags} />
          <div className="ml-auto">{!ended && <CancelButton run={run} />}</div>
        </div>
        {run.state_message && (
          <p className="max-w-4xl wrap-anywhere whitespace-pre-wrap text-muted">{run.state_message}</p>
        )}
        <dl className="flex flex-wrap gap-x-6 gap-y-1">
          {(
            [
              ["Started", <Moment key="s" at={run.start_time} />],
              ["Ended", <Moment key="e" at={run.end_time} />],
              ["Duration", <RunTime key="r" run={run} />],
            ] as const
          ).map(([name, value]) => (
            <div key={name} className="flex items-baseline gap-1.5">
              <dt className="text-[12.5px] text-muted">{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </header>
      {waiting && <Reasons waiting={waiting} />}
      <Tabs<Tab>
        tabs={[
          { name: "logs", label: "Logs" },
          { name: "artifacts", label: "Artifacts", many: artifacts?.items.length },
          { name: "details", label: "Details" },
        ]}
        current={tab}
        onChange={(name) => void navigate({ search: { tab: name }, ...IN_PLACE })}
      >
        {tab === "logs" && (
          <LogViewer
            flowRunId={run.flow_run_id}
            taskRunId={run.id}
            search={search}
            ended={ended}
            onChange={(changes) => void navigate({ search: (before) => ({ ...before, ...changes }), ...IN_PLACE })}
          />
        )}
        {tab === "artifacts" && <ArtifactCards artifacts={artifacts?.items ?? []} />}
        {tab === "details" && <Details run={run} />}
      </Tabs>
    </>
  );
}

function Details({ run }: { run: TaskRun }) {
  const states = useQuery(queries.taskRunStates(run.id));
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
      <div className="card overflow-hidden">
        <Read query={states}>{(found) => <StatesTable states={found} />}</Read>
      </div>
      <div className="card pt-4">
        <Facts
          facts={[
            ["Task run ID", <code key="id">{run.id}</code>],
            ["Task", run.task_name],
            ["Task key", <code key="key">{run.task_key}</code>],
            ["Call", [`number ${run.dynamic_key + 1} of this task`, tryWords(run)].filter(Boolean).join(", ")],
            ["Tries", run.run_count],
            ["Time in RUNNING", duration(run.total_run_time_seconds)],
            ["Retries allowed", run.max_retries],
            ["Cached from", run.cached_from && <TaskLink id={run.cached_from} />],
            ...Object.entries(run.upstreams).map(([parameter, ids]): [string, React.ReactNode] => [
              `Upstream of ${parameter}`,
              <span key={parameter} className="flex flex-wrap gap-2">
                {ids.map((id) => (
                  <TaskLink key={id} id={id} />
                ))}
              </span>,
            ]),
          ]}
        />
      </div>
    </div>
  );
}

function TaskLink({ id }: { id: string }) {
  const name = useQuery(queries.taskRun(id)).data?.name;
  return (
    <Link to="/runs/task-run/$id" params={{ id }} className="link">
      {name ?? id.slice(0, 8)}
    </Link>
  );
}

function CancelButton({ run }: { run: TaskRun }) {
  const [asked, setAsked] = useState(false);
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => post(`task_runs/${run.id}/cancel`),
    onError: notifyError,
    onSuccess: () => {
      notify("Cancellation requested.");
      setAsked(false);
      void client.invalidateQueries({ queryKey: taskRunKeys.one(run.id) });
    },
  });
  usePageActions([{ label: "Cancel the task run …", run: () => setAsked(true) }]);
  return (
    <>
      <Button kind="danger" onClick={() => setAsked(true)}>
        Cancel
      </Button>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={`Cancel ${run.name}?`}
        description="Its flow run continues; tasks that depend on this one do not start."
        verb="Cancel the task run"
        busy={cancel.isPending}
        onConfirm={() => cancel.mutate()}
      />
    </>
  );
}
