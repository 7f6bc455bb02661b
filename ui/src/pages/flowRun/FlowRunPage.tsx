import { usePrefetchQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import * as queries from "../../api/queries";
import { STATE_TYPES } from "../../api/states";
import type { FlowRun, StateType } from "../../api/types";
import { Card } from "../../components/controls";
import { EmptyState, Read } from "../../components/feedback";
import { Json } from "../../components/Facts";
import { FlowRunList } from "../../components/FlowRunList";
import { OpenView } from "../../components/OpenView";
import { Tabs } from "../../components/Tabs";
import { RunToken } from "../../filters/RunToken";
import { usePageActions } from "../../shell/pageActions";
import { useRootRun } from "../../live/live";
import { LogViewer } from "../../logs/LogViewer";
import { MiniRadar } from "../../radar/view/MiniRadar";
import { MiniTimeline } from "../../timeline/MiniTimeline";
import { ArtifactCards } from "../artifacts/ArtifactCards";
import { IN_PLACE } from "../../shell/inPlace";
import { FlowRunDetails } from "./FlowRunDetails";
import { FlowRunHeader } from "./FlowRunHeader";
import { TaskRuns } from "./TaskRuns";
import { WhyWaiting } from "./WhyWaiting";

/** As high as both pictures are, so that nothing moves when they come. */
const PICTURE_HEIGHT = 220;

type Tab = "logs" | "task-runs" | "subflow-runs" | "parameters" | "artifacts" | "details";

export function FlowRunPage() {
  const { id } = useParams({ from: "/shell/runs/flow-run/$id" });
  const run = useQuery(queries.flowRun(id));
  usePrefetchQuery(queries.graph(id)); // which takes longest: not only when the run is there
  return <Read query={run}>{(found) => <Shown run={found} />}</Read>;
}

function Shown({ run }: { run: FlowRun }) {
  useRootRun(run.root_flow_run_id);
  const search = useSearch({ from: "/shell/runs/flow-run/$id" });
  const navigate = useNavigate({ from: "/runs/flow-run/$id" });
  const tab = (search.tab ?? "logs") as Tab;
  const counts = useQuery(queries.taskRunCounts(run.id)).data;
  const graph = useQuery(queries.graph(run.id));
  const subflows = { flow_runs: { parent_flow_run_id: { any_: [run.id] } } };
  const subflowCount = useQuery(queries.flowRunCount(subflows)).data;
  const artifacts = useQuery(queries.artifacts({ flow_run_id: run.id })).data;
  const open = (view: "radar" | "timeline") =>
    void navigate({ to: "/runs/flow-run/$id/radar", params: { id: run.id }, search: { view } });
  usePageActions([
    { label: "Open radar", run: () => open("radar"), leads: true },
    { label: "Open timeline", run: () => open("timeline"), leads: true },
  ]);
  return (
    <>
      <RunToken run={run} />
      <FlowRunHeader run={run} />
      {run.state_type !== "RUNNING" && run.end_time === null && <WhyWaiting run={run} />}
      <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <Card title="Timeline" action={<OpenView run={run.id} view="timeline" label="Open timeline" />}>
          <Read query={graph} height={PICTURE_HEIGHT}>
            {(found) => (found.nodes.length ? <MiniTimeline graph={found} /> : <NoTaskRuns run={run} />)}
          </Read>
        </Card>
        <Card title="Radar" action={<OpenView run={run.id} view="radar" label="Open radar" />}>
          <Read query={graph} height={PICTURE_HEIGHT}>
            {(found) => (found.nodes.length ? <MiniRadar graph={found} /> : <NoTaskRuns run={run} />)}
          </Read>
        </Card>
      </div>
      <Tabs<Tab>
        tabs={[
          { name: "logs", label: "Logs" },
          { name: "task-runs", label: "Task runs", many: counts && totalOf(counts) },
          { name: "subflow-runs", label: "Subflow runs", many: subflowCount },
          { name: "parameters", label: "Parameters", many: Object.keys(run.parameters).length },
          { name: "artifacts", label: "Artifacts", many: artifacts?.items.length },
          { name: "details", label: "Details" },
        ]}
        current={tab}
        onChange={(name) => void navigate({ search: { tab: name }, ...IN_PLACE })}
      >
        {tab === "logs" && (
          <LogViewer
            flowRunId={run.id}
            search={search}
            ended={run.end_time !== null}
            onChange={(changes) => void navigate({ search: (before) => ({ ...before, ...changes }), ...IN_PLACE })}
          />
        )}
        {tab === "task-runs" && (
          <TaskRuns
            run={run}
            counts={counts ?? {}}
            state={STATE_TYPES.find((type) => type === search.state?.toUpperCase()) ?? null}
            onState={(state) =>
              void navigate({ search: (before) => ({ ...before, state: state?.toLowerCase() }), ...IN_PLACE })
            }
          />
        )}
        {tab === "subflow-runs" && (
          <div className="card overflow-hidden">
            <FlowRunList
              criteria={subflows}
              empty={<EmptyState title="No subflow run">A flow called inside a flow is a subflow.</EmptyState>}
            />
          </div>
        )}
        {tab === "parameters" && (
          <div className="card p-4">
            {Object.keys(run.parameters).length ? (
              <Json value={run.parameters} />
            ) : (
              <EmptyState title="This flow takes no parameters" />
            )}
          </div>
        )}
        {tab === "artifacts" && <ArtifactCards artifacts={artifacts?.items ?? []} />}
        {tab === "details" && <FlowRunDetails run={run} />}
      </Tabs>
    </>
  );
}

function NoTaskRuns({ run }: { run: FlowRun }) {
  return (
    <div className="grid place-items-center" style={{ height: PICTURE_HEIGHT }}>
      <EmptyState title={run.end_time === null ? "No task run yet" : "This run called no tasks"} />
    </div>
  );
}

const totalOf = (counts: Partial<Record<StateType, number>>): number =>
  Object.values(counts).reduce((sum, many) => sum + many, 0);
