import type { BulkAnswer, Criteria, StateType } from "../../api/types";
import { count, plural } from "../../time/format";

export interface Verb {
  path: string;
  label: string;
  /** What happens to the runs, in a sentence about them. */
  does: string;
  danger: boolean;
  /** Whether it may go on from where a run failed. */
  resumes?: boolean;
  /** Runs excluded when no run is selected. */
  leaves?: string;
  /** The states it applies to when no run is selected; empty: any. */
  of: readonly StateType[];
}

export const VERBS: readonly Verb[] = [
  {
    path: "flow_runs/bulk_retry",
    label: "Retry",
    does: "put back in their queues as the next attempt",
    danger: false,
    resumes: true,
    leaves: "did not fail or crash",
    of: ["FAILED", "CRASHED"],
  },
  {
    path: "flow_runs/bulk_cancel",
    label: "Cancel",
    does: "cancelled, including their subflow runs",
    danger: false,
    leaves: "have ended or are being cancelled",
    of: ["SCHEDULED", "PENDING", "RUNNING", "PAUSED"],
  },
  {
    path: "flow_runs/bulk_delete",
    label: "Delete",
    does: "permanently deleted, including their task runs, logs and subflow runs",
    danger: true,
    of: [],
  },
];

/** Which runs a verb is for: those that are chosen, else all that match the filter and that it makes sense for. */
export function scopeOf(verb: Verb, filter: Criteria, chosen: ReadonlySet<string>): Criteria {
  if (chosen.size) return { flow_runs: { id: { any_: [...chosen] } } };
  if (!verb.of.length || filter.flow_runs?.state) return filter;
  return { ...filter, flow_runs: { ...filter.flow_runs, state: { type: { any_: [...verb.of] } } } };
}

/** What is not among those that a verb is for, in words: of those listed, and those that are upcoming. */
export function leftOutWords(
  verb: Verb,
  { listed, matched, upcoming }: { listed: number; matched: number; upcoming: number },
): string | null {
  const parts = [
    ...(verb.leaves && listed > matched ? [`${count(listed - matched)} that ${verb.leaves}`] : []),
    ...(upcoming ? [`${count(upcoming)} that ${upcoming === 1 ? "is" : "are"} upcoming`] : []),
  ];
  return parts.length ? `Left out: ${parts.join(", and ")}.` : null;
}

/** What was done, what was refused and why, and what is left. */
export function outcomeOf({ matched, done, refused }: BulkAnswer): string {
  const parts = [`${plural(done, "run")} done`];
  if (refused.length) {
    const many = refused.length === 100 ? "100 or more runs" : plural(refused.length, "run");
    parts.push(`${many} refused: ${refused[0]!.detail.replace(/\.$/, "")}`);
  }
  const left = refused.length < 100 ? matched - done - refused.length : 0;
  if (left > 0) parts.push(`${count(left)} not processed yet`);
  return `${parts.join(", ")}.`;
}
