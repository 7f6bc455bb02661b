/**
 * The keys of all queries, a factory for each noun. A key begins with the kind of entity that the stream names,
 * followed by its id where it belongs to one entity, so that a change finds the queries it makes stale.
 */
import type { Criteria } from "./types";

export const flowRunKeys = {
  all: () => ["flow_run"] as const,
  one: (id: string) => ["flow_run", id] as const,
  ancestors: (id: string) => ["flow_run", id, "ancestors"] as const,
  states: (id: string) => ["flow_run", id, "states"] as const,
  input: (id: string) => ["flow_run", id, "input"] as const,
  waiting: (id: string) => ["flow_run", id, "waiting"] as const,
  timeSpent: (id: string) => ["flow_run", id, "time_spent"] as const,
  taskRunCounts: (id: string) => ["flow_run", id, "task_run_counts"] as const,
  graph: (id: string, runTry?: number) => ["flow_run", id, "graph", runTry] as const,
  graphShape: (id: string) => ["flow_run", id, "graph_shape"] as const,
  group: (id: string, group: string, place: number, runTry?: number) =>
    ["flow_run", id, "group", group, place, runTry] as const,
  groupWith: (id: string, member: string, runTry?: number) => ["flow_run", id, "group_with", member, runTry] as const,
  taskRunCountsOf: (ids: readonly string[]) => ["flow_run", "task_run_counts", ids] as const,
  count: (wanted: Criteria) => ["flow_run", "count", wanted] as const,
  byState: (wanted: Criteria) => ["flow_run", "by_state", wanted] as const,
  history: (wanted: Criteria, start: string, end: string, intervalSeconds: number) =>
    ["flow_run", "history", wanted, start, end, intervalSeconds] as const,
  facts: (wanted: Criteria, limit: number) => ["flow_run", "facts", wanted, limit] as const,
  page: (wanted: Criteria, sort: string, limit: number) => ["flow_run", "page", wanted, sort, limit] as const,
  endless: (criteria: Criteria, sort: string) => ["flow_run", "endless", criteria, sort] as const,
  spans: (id: string, runTry?: number) => ["flow_run", id, "spans", runTry] as const,
};

export const taskRunKeys = {
  all: () => ["task_run"] as const,
  one: (id: string) => ["task_run", id] as const,
  states: (id: string) => ["task_run", id, "states"] as const,
  waiting: (id: string) => ["task_run", id, "waiting"] as const,
  count: (wanted: Criteria) => ["task_run", "count", wanted] as const,
  endless: (criteria: Criteria, sort: string) => ["task_run", "endless", criteria, sort] as const,
};

export const flowKeys = {
  all: () => ["flow"] as const,
  one: (id: string) => ["flow", id] as const,
  count: (wanted: Criteria) => ["flow", "count", wanted] as const,
  named: (part: string) => ["flow", "named", part] as const,
  endless: (criteria: Criteria | undefined) => ["flow", "endless", criteria] as const,
};

export const deploymentKeys = {
  all: () => ["deployment"] as const,
  one: (id: string) => ["deployment", id] as const,
  count: (wanted: Criteria) => ["deployment", "count", wanted] as const,
  page: (wanted: Criteria, limit: number) => ["deployment", "page", wanted, limit] as const,
  endless: (criteria: Criteria | undefined) => ["deployment", "endless", criteria] as const,
};

export const workQueueKeys = {
  all: () => ["work_queue"] as const,
  status: (id: string) => ["work_queue", id, "status"] as const,
  preview: (id: string, until: string) => ["work_queue", id, "preview", until] as const,
  contents: (tried: string) => ["work_queue", "contents", tried] as const,
};

export const workerKeys = {
  all: () => ["worker"] as const,
};

export const artifactKeys = {
  all: () => ["artifact"] as const,
  list: (narrowed: object) => ["artifact", narrowed] as const,
  one: (id: string) => ["artifact", id] as const,
  endless: (criteria: object) => ["artifact", "endless", criteria] as const,
};

export const savedSearchKeys = {
  all: () => ["saved_search"] as const,
};

export const versionKeys = {
  all: () => ["version"] as const,
};

export const databaseKeys = {
  all: () => ["database"] as const,
};

export const settingsKeys = {
  all: () => ["settings"] as const,
};

export const tokensKeys = {
  all: () => ["tokens"] as const,
};

export const serviceKeys = {
  all: () => ["service"] as const,
};

export const storageBlockKeys = {
  all: () => ["storage_block"] as const,
};

export const storageKindKeys = {
  all: () => ["storage_kind"] as const,
};

export const notificationPolicyKeys = {
  all: () => ["notification_policy"] as const,
};

export const variableKeys = {
  all: () => ["variable"] as const,
};

export const concurrencyLimitKeys = {
  all: () => ["concurrency_limit"] as const,
};
