import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import * as queries from "../../api/queries";
import type { Criteria, Flow } from "../../api/types";
import { Card, Tags } from "../../components/controls";
import { DeploymentList } from "../../components/DeploymentList";
import { EmptyState, Read } from "../../components/feedback";
import { Heading } from "../../components/Heading";
import { RunsSoFar, useRunsSoFar } from "../../components/RunsSoFar";
import { StatesSummary } from "../../components/StatesBar";
import { Tabs } from "../../components/Tabs";
import { formatTokens } from "../../filters/tokens";
import { OpenView } from "../../components/OpenView";
import { MiniRadar } from "../../radar/view/MiniRadar";
import { RunCharts } from "../dashboard/RunCharts";
import { IN_PLACE } from "../../shell/inPlace";

/** As high as the picture is, so that nothing moves when it comes. */
const SHAPE_HEIGHT = 220;

export function FlowPage() {
  const { id } = useParams({ from: "/shell/flows/$id" });
  return <Read query={useQuery(queries.flow(id))}>{(flow) => <Shown flow={flow} />}</Read>;
}

function Shown({ flow }: { flow: Flow }) {
  const { tab = "runs" } = useSearch({ from: "/shell/flows/$id" });
  const navigate = useNavigate({ from: "/flows/$id" });
  const criteria = { flow_runs: { flow_id: { any_: [flow.id] } } };
  const deployed = { flows: { id: { any_: [flow.id] } } };
  const runs = useRunsSoFar(criteria);
  const deployments = useQuery(queries.deploymentCount(deployed)).data;
  const byState = useQuery(queries.flowRunsByState(criteria)).data ?? {};
  const completed = useQuery(
    queries.flowRunsPage(
      { flow_runs: { ...criteria.flow_runs, state: { type: { any_: ["COMPLETED"] } } } },
      "EXPECTED_START_TIME_DESC",
      1,
    ),
  );
  const typical = completed.data?.items[0];
  return (
    <>
      <Heading title={flow.name}>
        <Tags tags={flow.tags} />
      </Heading>
      {flow.description && <p className="max-w-3xl wrap-anywhere whitespace-pre-wrap text-muted">{flow.description}</p>}
      <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <div className="flex flex-col gap-4">
          <Card title="Runs by state">
            <div className="px-4 pb-4">
              {Object.keys(byState).length ? (
                <StatesSummary counts={byState} />
              ) : (
                <span className="text-muted">No run yet.</span>
              )}
            </div>
          </Card>
          <RunCharts criteria={criteria} />
        </div>
        <Card
          title="Typical run"
          action={typical && <OpenView run={typical.id} view="radar" label={`Open the radar of ${typical.name}`} />}
        >
          <Read query={completed} height={SHAPE_HEIGHT}>
            {() =>
              typical ? (
                <Shape run={typical.id} />
              ) : (
                <EmptyState title="No run has completed yet">
                  Its task runs appear here after the first completed run.
                </EmptyState>
              )
            }
          </Read>
        </Card>
      </div>
      <Tabs
        tabs={[
          { name: "runs", label: "Runs", many: runs },
          { name: "deployments", label: "Deployments", many: deployments },
        ]}
        current={tab}
        onChange={(name) => void navigate({ search: { tab: name }, ...IN_PLACE })}
      >
        <div className="card overflow-hidden">
          {tab === "runs" ? <Runs flow={flow} criteria={criteria} /> : <DeploymentList criteria={deployed} />}
        </div>
      </Tabs>
    </>
  );
}

/** A still of the latest run that completed. */
function Shape({ run }: { run: string }) {
  return (
    <Read query={useQuery(queries.graph(run))} height={SHAPE_HEIGHT}>
      {(graph) => (graph.nodes.length ? <MiniRadar graph={graph} /> : <EmptyState title="It calls no tasks" />)}
    </Read>
  );
}

function Runs({ flow, criteria }: { flow: Flow; criteria: Criteria }) {
  const upcoming = formatTokens([
    { key: "flow", value: flow.name },
    { key: "state", value: "scheduled" },
    { key: "before", value: "+365d" },
  ]);
  return (
    <RunsSoFar
      criteria={criteria}
      toUpcoming={
        <Link to="/runs" search={{ q: upcoming }} className="link">
          Show them
        </Link>
      }
      empty={<EmptyState title="No run yet">Call it, or run one of its deployments.</EmptyState>}
    />
  );
}
