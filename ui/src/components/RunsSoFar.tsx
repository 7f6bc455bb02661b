import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import * as queries from "../api/queries";
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
  const { soFar, toCome } = splitByTime(criteria, useMinute());
  return (
    <>
      <Upcoming criteria={toCome}>{toUpcoming}</Upcoming>
      <FlowRunList criteria={soFar} {...(empty ? { empty } : {})} />
    </>
  );
}

/** How many of them are listed; those still to come are counted above the list. */
export const useRunsSoFar = (criteria: Criteria): number | undefined =>
  useQuery(queries.flowRunCount(splitByTime(criteria, useMinute()).soFar)).data;

function splitByTime(criteria: Criteria, now: number): { soFar: Criteria; toCome: Criteria } {
  const soon = new Date(now + SOON_MS).toISOString();
  const expected = (range: { before_: string } | { after_: string }): Criteria => ({
    ...criteria,
    flow_runs: { ...criteria.flow_runs, expected_start_time: range },
  });
  return { soFar: expected({ before_: soon }), toCome: expected({ after_: soon }) };
}
