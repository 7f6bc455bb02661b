import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { post } from "../api/client";
import * as queries from "../api/queries";
import { flowKeys } from "../api/queryKeys";
import type { Criteria, Flow, Page } from "../api/types";
import { EmptyState } from "./feedback";
import { EndlessList } from "./EndlessList";
import { RowState, RowTags } from "./row";
import { Ago } from "./times";

/** Without criteria it lists all, and an empty list means that there is none. */
export function FlowList({ criteria }: { criteria?: Criteria }) {
  return (
    <EndlessList<Flow>
      label="Flows"
      queryKey={flowKeys.endless(criteria)}
      read={(after, signal) => post<Page<Flow>>("flows/filter", { ...criteria, limit: 50, after }, signal)}
      rowHeight={56}
      empty={
        <EmptyState
          title={criteria ? "No flow matches" : "No flow yet"}
          {...(criteria ? {} : { command: "python my_flow.py" })}
        >
          Flows appear here once they have run or been deployed.
        </EmptyState>
      }
      row={(flow) => <FlowRow flow={flow} />}
    />
  );
}

function FlowRow({ flow }: { flow: Flow }) {
  const latest = useQuery(
    queries.flowRunsPage(
      { flow_runs: { flow_id: { any_: [flow.id] }, start_time: { is_null_: false } } },
      "EXPECTED_START_TIME_DESC",
      1,
    ),
  ).data?.items[0];
  return (
    <article className="flex h-full items-center gap-3 border-b border-line px-4 hover:bg-[var(--hover)]">
      <div className="min-w-0 flex-1">
        <Link to="/flows/$id" params={{ id: flow.id }} className="block truncate font-semibold hover:underline">
          {flow.name}
        </Link>
        <p className="truncate text-[12.5px] text-muted">{flow.description?.split("\n")[0]}</p>
      </div>
      <RowTags tags={flow.tags} />
      {latest && (
        <span className="flex min-w-0 shrink-0 items-center gap-3">
          <RowState run={latest} />
          <Link
            to="/runs/flow-run/$id"
            params={{ id: latest.id }}
            className="hidden w-40 truncate text-muted hover:underline md:block"
          >
            {latest.name}
          </Link>
          <span className="w-20 text-right text-muted">
            <Ago at={latest.start_time ?? latest.expected_start_time} />
          </span>
        </span>
      )}
    </article>
  );
}
