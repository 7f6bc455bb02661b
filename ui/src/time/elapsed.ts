/** When a run started and ended, of what has these times. */
export interface Timed {
  start_time: string | null;
  end_time: string | null;
}

/**
 * A run's duration everywhere: from its start to its end, or to `now`, with retries, pauses and waits. Null: it has not
 * started.
 */
export function elapsedSeconds({ start_time, end_time }: Timed, now: number): number | null {
  if (start_time === null) return null;
  return Math.max(0, (end_time === null ? now : Date.parse(end_time)) - Date.parse(start_time)) / 1000;
}
