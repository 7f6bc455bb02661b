interface Timed {
  expected_start_time: string;
  start_time: string | null;
  end_time: string | null;
}

/**
 * By how many seconds a run began later than it was expected; one that has not begun gets later until it does, or ends.
 */
export function latenessSeconds(run: Timed, now: number): number {
  const begun = run.start_time ?? run.end_time;
  return Math.max(0, ((begun === null ? now : Date.parse(begun)) - Date.parse(run.expected_start_time)) / 1000);
}
