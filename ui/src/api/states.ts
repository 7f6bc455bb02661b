import type { StateType } from "./types";

/** Every state there is: the types, in the order of a run's life, and the names that runs of a type may have. */
export const STATES: Record<StateType, readonly string[]> = {
  SCHEDULED: ["Scheduled", "Late", "AwaitingRetry", "Resuming"],
  PENDING: ["Pending", "AwaitingSlot", "Submitting"],
  RUNNING: ["Running", "Retrying"],
  PAUSED: ["Paused", "Suspended"],
  CANCELLING: ["Cancelling"],
  COMPLETED: ["Completed", "Cached"],
  FAILED: ["Failed", "TimedOut"],
  CRASHED: ["Crashed", "Quarantined"],
  CANCELLED: ["Cancelled", "NotReady"],
};

export const STATE_TYPES = Object.keys(STATES) as StateType[];

/** Those names that say more than their type. */
export const NARROWER_NAMES: readonly string[] = Object.values(STATES).flatMap((names) => names.slice(1));

/** The type of a state's name, or of a type in capitals. */
export const typeOf = (name: string): StateType | undefined =>
  STATE_TYPES.find((type) => type === name.toUpperCase() || STATES[type].includes(name));
