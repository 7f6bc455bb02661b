import type { Criteria } from "../api/types";
import { rangeOf } from "./criteria";
import type { Token } from "./tokens";

/** Runs that are due within that are listed with those that have begun. */
export const SOON_MS = 70_000;

/** Runs to list, in which order, and those that match but are left for later because they are still to come. */
export interface LatestRuns {
  criteria: Criteria;
  sort: "EXPECTED_START_TIME_DESC" | "EXPECTED_START_TIME_ASC";
  upcoming: Criteria | null;
}

/**
 * The latest runs first. A schedule makes a hundred runs ahead, which would hide what has happened; so they are left
 * out until somebody asks for a state. Who asks for scheduled runs alone is shown the next one first. `now` is to the
 * minute.
 */
export function latestRuns(tokens: readonly Token[], criteria: Criteria, now: number, zone: string): LatestRuns {
  const states = tokens.filter((token) => token.key === "state");
  if (states.length && states.every((token) => token.value.toLowerCase() === "scheduled"))
    return { criteria, sort: "EXPECTED_START_TIME_ASC", upcoming: null };
  const { start, end } = rangeOf(tokens, now, zone);
  const soon = now + SOON_MS;
  const isCut = !states.length && start.getTime() < soon && end.getTime() > soon;
  const between = (after: Date, before: Date): Criteria => ({
    ...criteria,
    flow_runs: {
      ...criteria.flow_runs,
      expected_start_time: { after_: after.toISOString(), before_: before.toISOString() },
    },
  });
  return {
    criteria: isCut ? between(start, new Date(soon)) : criteria,
    sort: "EXPECTED_START_TIME_DESC",
    upcoming: isCut ? between(new Date(soon), end) : null,
  };
}
