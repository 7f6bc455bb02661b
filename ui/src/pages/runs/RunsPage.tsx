import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import * as queries from "../../api/queries";
import { FlowRunList } from "../../components/FlowRunList";
import { LatestFlowRuns } from "../../components/LatestFlowRuns";
import { NoRunYet } from "../../components/NoRunYet";
import { TaskRunList } from "../../components/TaskRunList";
import { Tabs } from "../../components/Tabs";
import { criteriaOf, taskRunCriteriaOf } from "../../filters/criteria";
import { FilterBar } from "../../filters/FilterBar";
import { latestRuns } from "../../filters/latest";
import { parseTokens } from "../../filters/tokens";
import { useMinute } from "../../time/now";
import { useZone } from "../../time/zone";
import { IN_PLACE } from "../../shell/inPlace";
import { BulkActions } from "./BulkActions";

const LATEST = "LATEST";
const SORTS = [
  [LATEST, "Latest first"],
  ["EXPECTED_START_TIME_ASC", "Earliest first"],
  ["START_TIME_DESC", "Started last"],
  ["END_TIME_DESC", "Ended last"],
  ["NAME_ASC", "By name"],
] as const;

type Tab = "flow-runs" | "task-runs";

/** Every run there is, narrowed by the bar. */
export function RunsPage() {
  const { q = "", sort = LATEST, tab = "flow-runs" } = useSearch({ from: "/shell/runs" });
  const navigate = useNavigate({ from: "/runs" });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const now = useMinute();
  const zone = useZone();
  const criteria = criteriaOf(parseTokens(q), now, zone);
  const taskRunCriteria = taskRunCriteriaOf(parseTokens(q), now, zone);
  // What is counted, and what is done to all, are those that are listed.
  const { criteria: listed, upcoming } =
    sort === LATEST ? latestRuns(parseTokens(q), criteria, now, zone) : { criteria, upcoming: null };
  const flowRuns = useQuery(queries.flowRunCount(listed));
  const taskRuns = useQuery(queries.taskRunCount(taskRunCriteria));
  const filter = (text: string) => {
    setChosen(new Set());
    void navigate({ search: (before) => ({ ...before, q: text || undefined }), ...IN_PLACE });
  };
  const choose = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <>
      <h1 className="sr-only">Runs</h1>
      <FilterBar text={q} onChange={filter} />
      <Tabs<Tab>
        tabs={[
          { name: "flow-runs", label: "Flow runs", many: flowRuns.data },
          { name: "task-runs", label: "Task runs", many: taskRuns.data },
        ]}
        current={tab as Tab}
        onChange={(name) => void navigate({ search: (before) => ({ ...before, tab: name }), ...IN_PLACE })}
      >
        {tab === "flow-runs" && (
          <>
            <div className="flex flex-wrap items-center justify-between gap-2 pb-3">
              <BulkActions
                criteria={listed}
                upcoming={upcoming}
                matched={flowRuns.data ?? 0}
                chosen={chosen}
                onDone={() => setChosen(new Set())}
              />
              <select
                aria-label="Order"
                className="field"
                value={sort}
                onChange={(event) =>
                  void navigate({ search: (before) => ({ ...before, sort: event.target.value }), ...IN_PLACE })
                }
              >
                {SORTS.map(([value, words]) => (
                  <option key={value} value={value}>
                    {words}
                  </option>
                ))}
              </select>
            </div>
            <div className="card overflow-hidden">
              {sort === LATEST ? (
                <LatestFlowRuns
                  text={q}
                  onFilter={filter}
                  criteria={criteria}
                  chosen={chosen}
                  onChoose={choose}
                  {...(q ? {} : { empty: <NoRunYet /> })}
                />
              ) : (
                <FlowRunList criteria={criteria} sort={sort} chosen={chosen} onChoose={choose} />
              )}
            </div>
          </>
        )}
        {tab === "task-runs" && (
          <div className="card overflow-hidden">
            <TaskRunList criteria={taskRunCriteria} sort="ID_DESC" />
          </div>
        )}
      </Tabs>
    </>
  );
}
