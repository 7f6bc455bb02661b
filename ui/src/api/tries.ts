import type { TaskRun } from "./types";

/** In which try of its flow run a task run was called, in words; null: in the only one that most have. */
export function tryWords({
  attempt,
  flow_run_count: inAttempt,
}: Pick<TaskRun, "attempt" | "flow_run_count">): string | null {
  const parts = [attempt > 1 && `attempt ${attempt}`, inAttempt > 1 && `try ${inAttempt}`].filter(Boolean);
  return parts.length ? `in ${parts.join(", ")}` : null;
}
