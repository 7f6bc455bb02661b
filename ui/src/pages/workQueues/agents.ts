import type { Worker, WorkQueue } from "../../api/types";

/** The agents that take runs of a queue: those that name it, by name or id, and those that name none. */
export const agentsOf = (queue: WorkQueue, agents: readonly Worker[]): Worker[] =>
  agents.filter(({ queues }) => !queues.length || queues.includes(queue.name) || queues.includes(queue.id));
