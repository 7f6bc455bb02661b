import type { FlowRun, StateType, TaskRun } from "../api/types";

/** A state change from the stream; times are microseconds since 1970. */
export interface RunStateChange {
  state_type?: StateType;
  state_name?: string;
  state_at?: number;
  started?: number | null;
  ended?: number | null;
  run_count?: number;
}

/** A cached run with a state change from the stream. Fields that the stream lacks stay until the next read. */
export function patchRun<Run extends FlowRun | TaskRun>(run: Run, change: RunStateChange): Run {
  const { state_type, state_name, state_at } = change;
  if (state_type === undefined || state_at === undefined) return run;
  const before = run.state_timestamp === null ? -Infinity : Date.parse(run.state_timestamp);
  const now = state_at / 1000;
  if (now < Math.floor(before)) return run;
  const ran = run.state_type === "RUNNING" && state_type !== "RUNNING" ? Math.max(0, now - before) / 1000 : 0;
  return {
    ...run,
    state_type,
    state_name: state_name ?? run.state_name,
    state_timestamp: moment(state_at),
    start_time: moment(change.started) ?? run.start_time,
    end_time: moment(change.ended),
    run_count: change.run_count ?? run.run_count,
    total_run_time_seconds: run.total_run_time_seconds + ran,
    ...(state_type === run.state_type ? {} : { state_message: null }),
  };
}

const moment = (micros: number | null | undefined): string | null =>
  micros == null ? null : new Date(micros / 1000).toISOString();
