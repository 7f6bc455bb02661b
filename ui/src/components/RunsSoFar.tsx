import type { ReactNode } from "react";
import type { Criteria } from "../api/types";
import { SOON_MS } from "../filters/latest";
import { useMinute } from "../time/now";
import { FlowRunList } from "./FlowRunList";
import { Upcoming } from "./LatestFlowRuns";

interface Props {
  criteria: Criteria;
  /** Leads to those that are still to come: schedules make them long before, and they would hide what has happened. */
  toUpcoming: ReactNode;
  empty?: ReactNode;
}

/** All flow runs of something, the latest first. */
export function RunsSoFar({ criteria, toUpcoming, empty }: Props) {
  const soon = new Date(useMinute() + SOON_MS).toISOString();
  const expected = (range: { before_: string } | { after_: string }): Criteria => ({ ...criteria, flow_runs: { ...criteria.flow_runs, expected_start_time: range } });
  return (
    <>
      <Upcoming criteria={expected({ after_: soon })}>{toUpcoming}</Upcoming>
      <FlowRunList criteria={expected({ before_: soon })} {...(empty ? { empty } : {})} />
    </>
  );
}
