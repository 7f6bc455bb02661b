import type { Criteria } from "../../api/types";

/** The same runs as far as their time has come. `now` is to the minute. */
export function alreadyDue(criteria: Criteria, now: number): Criteria {
  const range = criteria.flow_runs?.expected_start_time;
  const before = Math.min(now, Date.parse(range?.before_ ?? "") || Infinity);
  return {
    ...criteria,
    flow_runs: { ...criteria.flow_runs, expected_start_time: { ...range, before_: new Date(before).toISOString() } },
  };
}
