import type { components } from "./schema";

/** A record as the server answers it: whole, whatever has a default. */
type Whole<T> = T extends (infer Item)[]
  ? Whole<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Whole<Exclude<T[Key], undefined>> }
    : T;
type Record_<Name extends keyof components["schemas"]> = Whole<components["schemas"][Name]>;

export type Flow = Record_<"Flow">;
export type FlowRun = Record_<"FlowRun">;
export type TaskRun = Record_<"TaskRun">;
export type StateType = components["schemas"]["StateType"];
export type StateChange = Record_<"StateChange">;
export type Deployment = Record_<"Deployment">;
export type DeploymentSchedule = Record_<"DeploymentSchedule">;
export type WorkQueue = Record_<"WorkQueue">;
export type QueueStatus = Record_<"QueueStatus">;
export type QueueContents = Record_<"QueueContents">;
export type Worker = Record_<"Worker">;
export type Artifact = Record_<"Artifact">;
export type LogLine = Record_<"LogLine">;
export type Graph = Record_<"Graph">;
export type GraphShape = Record_<"GraphShape">;
export type GraphNode = Record_<"GraphNode">;
export type GroupMembers = Record_<"GroupMembers">;
export type HistoryBucket = Record_<"HistoryBucket">;
export type TaskRunMark = Record_<"TaskRunMark">;
export type RunFacts = Record_<"RunFacts">;
export type SavedSearch = Record_<"SavedSearch">;
export type Waiting = Record_<"Waiting">;
export type BulkAnswer = Record_<"BulkAnswer">;
export type Firings = Record_<"Firings">;
export type ServiceLease = Record_<"ServiceLease">;
export type SettingInForce = Record_<"SettingInForce">;
export type ApiToken = Record_<"ApiToken">;
export type MadeToken = Record_<"MadeToken">;
export type Version = Record_<"Version">;
export type Database = Record_<"Database">;
export type Variable = Record_<"Variable">;
export type TimeSpent = Record_<"TimeSpent">;
export type RunInput = Record_<"RunInput">;
export type StorageBlock = Record_<"StorageBlock">;
export type StorageKind = Record_<"StorageKind">;
export type NotificationPolicy = Record_<"NotificationPolicy">;
export type ConcurrencyLimit = Record_<"ConcurrencyLimit">;

export type FlowRunCriteria = components["schemas"]["FlowRunCriteria"];
export type TaskRunCriteria = components["schemas"]["TaskRunCriteria"];
export type FlowCriteria = components["schemas"]["FlowCriteria"];
export type DeploymentCriteria = components["schemas"]["DeploymentCriteria"];
export type ScheduleWanted = components["schemas"]["ScheduleWanted"];
export type WorkQueueWanted = components["schemas"]["WorkQueueWanted"];
export type JsonObject = { [key: string]: unknown };

export interface Page<T> {
  items: T[];
  /** Where the next page begins; null: this was the last. */
  after: string | null;
}

/** What narrows a listing; all must hold. */
export interface Criteria {
  flows?: FlowCriteria;
  flow_runs?: FlowRunCriteria;
  task_runs?: TaskRunCriteria;
  deployments?: DeploymentCriteria;
}
