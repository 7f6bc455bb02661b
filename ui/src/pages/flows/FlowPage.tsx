import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import * as queries from "../../api/queries";
import type { Flow } from "../../api/types";
import { Card, Tags } from "../../components/controls";
import { DeploymentList } from "../../components/DeploymentList";
import { EmptyState, Read } from "../../components/feedback";
import { FlowRunList } from "../../components/FlowRunList";
import { Heading } from "../../components/Heading";
import { StatesBar } from "../../components/states_bar";
import { Tabs } from "../../components/tabs";
import { MiniRadar } from "../../radar/view/MiniRadar";
import { RunCharts } from "../dashboard/RunCharts";

export function FlowPage() {
  const { id } = useParams({ from: "/shell/flows/$id" });
  return <Read query={useQuery(queries.flow(id))}>{(flow) => <Shown flow={flow} />}</Read>;
}

function Shown({ flow }: { flow: Flow }) {
  const { tab = "runs" } = useSearch({ from: "/shell/flows/$id" });
  const navigate = useNavigate({ from: "/flows/$id" });
  const criteria = { flow_runs: { flow_id: { any_: [flow.id] } } };
  const deployed = { flows: { id: { any_: [flow.id] } } };
  const runs = useQuery(queries.flowRunCount(criteria)).data;
  const deployments = useQuery(queries.deploymentCount(deployed)).data;
  const byState = useQuery(queries.flowRunsByState(criteria)).data ?? {};
  const completed = useQuery(queries.flowRunsPage({ flow_runs: { ...criteria.flow_runs, state: { type: { any_: ["COMPLETED"] } } } }, "EXPECTED_START_TIME_DESC", 1)).data?.items[0];
  const shape = useQuery({ ...queries.graph(completed?.id ?? ""), enabled: completed !== undefined });
  return (
    <>
      <Heading title={flow.name}>
        <Tags tags={flow.tags} />
      </Heading>
      {flow.description && <p className="max-w-3xl whitespace-pre-wrap text-muted">{flow.description}</p>}
      <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <div className="flex flex-col gap-4">
          <Card title="Runs by state">
            <div className="px-4 pb-4">
              <StatesBar counts={byState} noun="run" />
            </div>
          </Card>
          <RunCharts criteria={criteria} />
        </div>
        <Card title="Its usual shape">{completed ? <Read query={shape}>{(graph) => <MiniRadar graph={graph} />}</Read> : <EmptyState title="No run has completed yet">Then its task runs are drawn here.</EmptyState>}</Card>
      </div>
      <Tabs
        tabs={[
          { name: "runs", label: "Runs", many: runs },
          { name: "deployments", label: "Deployments", many: deployments },
        ]}
        current={tab}
        onChange={(name) => void navigate({ search: { tab: name }, replace: true })}
      >
        <div className="card overflow-hidden">{tab === "runs" ? <FlowRunList criteria={criteria} /> : <DeploymentList criteria={deployed} />}</div>
      </Tabs>
    </>
  );
}
