import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import * as queries from "../../api/queries";
import { DeploymentList } from "../../components/DeploymentList";
import { FlowList } from "../../components/FlowList";
import { LatestFlowRuns } from "../../components/LatestFlowRuns";
import { TaskRunList } from "../../components/TaskRunList";
import { NoRunYet } from "../../components/NoRunYet";
import { Tabs } from "../../components/Tabs";
import { criteriaOf, rangeOf, taskRunCriteriaOf } from "../../filters/criteria";
import { FilterBar } from "../../filters/FilterBar";
import { latestRuns } from "../../filters/latest";
import { parseTokens, replaceTokens } from "../../filters/tokens";
import { filterTime } from "../../time/local";
import { useMinute } from "../../time/now";
import { useZone } from "../../time/zone";
import { IN_PLACE } from "../../shell/inPlace";
import { CountCards } from "./CountCards";
import { History } from "./History";
import { LeftOut } from "./LeftOut";
import { RunCharts } from "./RunCharts";

type Tab = "flows" | "deployments" | "flow-runs" | "task-runs";

/** What happened in the last day, what happens now, and what is to come. */
export function DashboardPage() {
  const { q = "", tab = "flow-runs" } = useSearch({ from: "/shell/" });
  const navigate = useNavigate({ from: "/" });
  const now = useMinute();
  const tokens = parseTokens(q);
  const zone = useZone();
  const criteria = criteriaOf(tokens, now, zone);
  const range = rangeOf(tokens, now, zone);
  const filter = (text: string) =>
    void navigate({ search: (before) => ({ ...before, q: text || undefined }), ...IN_PLACE });
  const flows = useQuery(queries.flowCount(criteria));
  const deployments = useQuery(queries.deploymentCount(criteria));
  const allFlows = useQuery({ ...queries.flowCount({}), enabled: tab === "flows" });
  const allDeployments = useQuery({ ...queries.deploymentCount({}), enabled: tab === "deployments" });
  const taskRunCriteria = taskRunCriteriaOf(tokens, now, zone);
  const flowRuns = useQuery(queries.flowRunCount(latestRuns(tokens, criteria, now, zone).criteria));
  const taskRuns = useQuery(queries.taskRunCount(taskRunCriteria));
  return (
    <>
      <h1 className="sr-only">Dashboard</h1>
      <FilterBar text={q} onChange={filter} />
      <CountCards text={q} onChange={filter} />
      <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <History
          criteria={criteria}
          range={range}
          onSelect={(start, end) =>
            filter(replaceTokens(replaceTokens(q, "after", [filterTime(start)]), "before", [filterTime(end)]))
          }
        />
        <RunCharts criteria={criteria} />
      </div>
      <Tabs<Tab>
        tabs={[
          { name: "flows", label: "Flows", many: flows.data },
          { name: "deployments", label: "Deployments", many: deployments.data },
          { name: "flow-runs", label: "Flow runs", many: flowRuns.data },
          { name: "task-runs", label: "Task runs", many: taskRuns.data },
        ]}
        current={tab as Tab}
        onChange={(name) => void navigate({ search: (before) => ({ ...before, tab: name }), ...IN_PLACE })}
      >
        <div className="card overflow-hidden">
          {tab === "flows" && (
            <>
              <LeftOut listed={flows.data} all={allFlows.data} noun="flow">
                <Link to="/flows" className="link">
                  Show all
                </Link>
              </LeftOut>
              <FlowList criteria={criteria} />
            </>
          )}
          {tab === "deployments" && (
            <>
              <LeftOut listed={deployments.data} all={allDeployments.data} noun="deployment">
                <Link to="/deployments" className="link">
                  Show all
                </Link>
              </LeftOut>
              <DeploymentList criteria={criteria} />
            </>
          )}
          {tab === "flow-runs" && (
            <LatestFlowRuns text={q} onFilter={filter} criteria={criteria} {...(q ? {} : { empty: <NoRunYet /> })} />
          )}
          {tab === "task-runs" && <TaskRunList criteria={taskRunCriteria} sort="ID_DESC" />}
        </div>
      </Tabs>
    </>
  );
}
