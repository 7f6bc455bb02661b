import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import * as queries from "../../api/queries";
import type { FlowRun } from "../../api/types";
import { Tags } from "../../components/controls";
import { StateBadge } from "../../components/state";
import { Moment, RunTime } from "../../components/times";
import { duration } from "../../time/format";
import { latenessSeconds } from "../../time/lateness";
import { useNow } from "../../time/now";
import { FlowRunActions } from "./FlowRunActions";

/** Which run this is, how it stands, and what can be done about it. */
export function FlowRunHeader({ run }: { run: FlowRun }) {
  const parent = useQuery({
    ...queries.flowRun(run.parent_flow_run_id ?? ""),
    enabled: run.parent_flow_run_id !== null,
  }).data;
  const deployment = useQuery({
    ...queries.deployment(run.deployment_id ?? ""),
    enabled: run.deployment_id !== null,
  }).data;
  return (
    <header className="flex flex-col gap-2.5">
      <div className="flex flex-wrap items-center gap-3">
        <h1 className="flex min-w-0 items-center gap-2 text-xl">
          <Link
            to="/flows/$id"
            params={{ id: run.flow_id }}
            title={run.flow_name}
            className="truncate font-normal text-muted hover:underline"
          >
            {run.flow_name}
          </Link>
          <span className="text-muted">/</span>
          <span title={run.name} className="truncate">
            {run.name}
          </span>
        </h1>
        <StateBadge {...run} />
        <Tags tags={run.tags} />
        <div className="ml-auto">
          <FlowRunActions run={run} />
        </div>
      </div>
      {run.state_message && run.state_type !== "COMPLETED" && (
        <p className="max-w-4xl wrap-anywhere whitespace-pre-wrap text-muted">{run.state_message}</p>
      )}
      <dl className="flex flex-wrap items-baseline gap-x-6 gap-y-1">
        <Fact name="Scheduled">
          <Moment at={run.expected_start_time} />
          <Lateness run={run} />
        </Fact>
        <Fact name="Started">
          <Moment at={run.start_time} />
        </Fact>
        <Fact name="Ended">
          <Moment at={run.end_time} />
        </Fact>
        <Fact name="Duration">
          <RunTime run={run} />
        </Fact>
        {parent && (
          <Fact name="Parent">
            <Link to="/runs/flow-run/$id" params={{ id: parent.id }} className="link">
              {parent.flow_name} / {parent.name}
            </Link>
          </Fact>
        )}
        {deployment && (
          <Fact name="Deployment">
            <Link to="/deployments/$id" params={{ id: deployment.id }} className="link">
              {deployment.name}
            </Link>
          </Fact>
        )}
        {run.flow_version && (
          <Fact name="Version">
            <span className="font-mono text-[12.5px]">{run.flow_version}</span>
          </Fact>
        )}
        {run.attempt > 1 && <Fact name="Attempt">{run.attempt}</Fact>}
      </dl>
    </header>
  );
}

/** Shown from one second up; every start takes less than that. */
function Lateness({ run }: { run: FlowRun }) {
  const seconds = latenessSeconds(run, useNow());
  return seconds > 1 && <span className="text-[var(--late-ink)]"> · {duration(seconds)} late</span>;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 items-baseline gap-1.5">
      <dt className="text-[12.5px] whitespace-nowrap text-muted">{name}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </div>
  );
}
