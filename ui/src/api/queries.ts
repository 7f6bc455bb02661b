import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { get, post, query } from "./client";
import { upToDate, wholeMembers } from "./graph";
import {
  artifactKeys,
  concurrencyLimitKeys,
  databaseKeys,
  deploymentKeys,
  flowKeys,
  flowRunKeys,
  notificationPolicyKeys,
  savedSearchKeys,
  serviceKeys,
  settingsKeys,
  storageBlockKeys,
  storageKindKeys,
  taskRunKeys,
  tokensKeys,
  variableKeys,
  versionKeys,
  workQueueKeys,
  workerKeys,
} from "./queryKeys";
import type * as T from "./types";

/** A query whose previous data stays on the screen while the next is loading. */
const once = <Data>(queryKey: readonly unknown[], queryFn: (signal: AbortSignal) => Promise<Data>) =>
  queryOptions({ queryKey, queryFn: ({ signal }) => queryFn(signal), placeholderData: keepPreviousData });

const queryOne = <Data>(queryKey: readonly unknown[], path: string) =>
  queryOptions({ queryKey, queryFn: ({ signal }) => get<Data>(path, signal) });

export const flowRun = (id: string) => queryOne<T.FlowRun>(flowRunKeys.one(id), `flow_runs/${id}`);
export const ancestors = (id: string) => queryOne<T.FlowRun[]>(flowRunKeys.ancestors(id), `flow_runs/${id}/ancestors`);
export const flowRunStates = (id: string) =>
  queryOne<T.StateChange[]>(flowRunKeys.states(id), `flow_run_states?flow_run_id=${id}`);
export const flowRunInputs = (id: string) => queryOne<T.RunInput[]>(flowRunKeys.input(id), `flow_runs/${id}/input`);
export const whyFlowRunWaits = (id: string) => queryOne<T.Waiting>(flowRunKeys.waiting(id), `flow_runs/${id}/waiting`);
export const timeSpent = (id: string) => queryOne<T.TimeSpent>(flowRunKeys.timeSpent(id), `flow_runs/${id}/time_spent`);
export const taskRunCounts = (id: string) =>
  queryOne<Partial<Record<T.StateType, number>>>(flowRunKeys.taskRunCounts(id), `flow_runs/${id}/task_run_counts`);
export const graph = (id: string, runTry?: number) =>
  queryOptions({
    queryKey: flowRunKeys.graph(id, runTry),
    queryFn: async ({ client, queryKey, signal }) => {
      const known = client.getQueryData<T.Graph>(queryKey);
      return upToDate(
        known,
        await get<T.Graph>(`flow_runs/${id}/graph${query({ run_try: runTry, since: known?.number })}`, signal),
      );
    },
    placeholderData: keepPreviousData,
  });
export const graphShape = (id: string) =>
  queryOne<T.GraphShape>(flowRunKeys.graphShape(id), `flow_runs/${id}/graph/shape`);
/** A page of what a node of the graph stands for, failures first, from a place in that order on. */
export const graphGroup = (id: string, group: string, place = 0, runTry?: number) =>
  once<T.GroupMembers>(flowRunKeys.group(id, group, place, runTry), async (signal) =>
    wholeMembers(await get(`flow_runs/${id}/graph/groups/${group}${query({ place, run_try: runTry })}`, signal)),
  );
/** Which node stands for a task run, and at which place it comes in it. */
export const groupWith = (id: string, member: string, runTry?: number) =>
  queryOne<T.GroupMembers>(
    flowRunKeys.groupWith(id, member, runTry),
    `flow_runs/${id}/graph/groups/${member}${query({ member, limit: 1, run_try: runTry })}`,
  );

export const taskRunCountsOf = (ids: string[]) =>
  once<Record<string, Partial<Record<T.StateType, number>>>>(flowRunKeys.taskRunCountsOf(ids), (signal) =>
    ids.length ? post("flow_runs/task_run_counts", { ids }, signal) : Promise.resolve({}),
  );

export const flowRunCount = (wanted: T.Criteria) =>
  once<number>(flowRunKeys.count(wanted), (signal) => post("flow_runs/count", wanted, signal));
export const flowRunsByState = (wanted: T.Criteria) =>
  once<Partial<Record<T.StateType, number>>>(flowRunKeys.byState(wanted), (signal) =>
    post("flow_runs/count_by_state", wanted, signal),
  );
export const flowRunHistory = (wanted: T.Criteria, start: string, end: string, intervalSeconds: number) =>
  once<T.HistoryBucket[]>(flowRunKeys.history(wanted, start, end, intervalSeconds), (signal) =>
    post(
      "flow_runs/history",
      { ...wanted, history_start: start, history_end: end, history_interval_seconds: intervalSeconds },
      signal,
    ),
  );
export const flowRunFacts = (wanted: T.Criteria, limit: number) =>
  once<T.RunFacts[]>(flowRunKeys.facts(wanted, limit), (signal) =>
    post("flow_runs/facts", { ...wanted, limit }, signal),
  );
export const flowRunsPage = (wanted: T.Criteria, sort: string, limit = 20) =>
  once<T.Page<T.FlowRun>>(flowRunKeys.page(wanted, sort, limit), (signal) =>
    post("flow_runs/filter", { ...wanted, sort, limit }, signal),
  );

export const taskRun = (id: string) => queryOne<T.TaskRun>(taskRunKeys.one(id), `task_runs/${id}`);
export const taskRunStates = (id: string) =>
  queryOne<T.StateChange[]>(taskRunKeys.states(id), `task_run_states?task_run_id=${id}`);
export const whyTaskRunWaits = (id: string) => queryOne<T.Waiting>(taskRunKeys.waiting(id), `task_runs/${id}/waiting`);
export const taskRunCount = (wanted: T.Criteria) =>
  once<number>(taskRunKeys.count(wanted), (signal) => post("task_runs/count", wanted, signal));

export const flow = (id: string) => queryOne<T.Flow>(flowKeys.one(id), `flows/${id}`);
export const flowCount = (wanted: T.Criteria) =>
  once<number>(flowKeys.count(wanted), (signal) => post("flows/count", wanted, signal));

export const deployment = (id: string) => queryOne<T.Deployment>(deploymentKeys.one(id), `deployments/${id}`);
export const deploymentCount = (wanted: T.Criteria) =>
  once<number>(deploymentKeys.count(wanted), (signal) => post("deployments/count", wanted, signal));
export const deployments = (wanted: T.Criteria = {}, limit = 200) =>
  once<T.Page<T.Deployment>>(deploymentKeys.page(wanted, limit), (signal) =>
    post("deployments/filter", { ...wanted, limit }, signal),
  );

export const workQueues = () => queryOne<T.WorkQueue[]>(workQueueKeys.all(), "work_queues");
export const workQueueStatus = (id: string) =>
  queryOne<T.QueueStatus>(workQueueKeys.status(id), `work_queues/${id}/status`);
export const workQueuePreview = (id: string, until: string) =>
  queryOne<T.FlowRun[]>(workQueueKeys.preview(id, until), `work_queues/${id}/preview${query({ until })}`);
/** Which deployments' runs would wait in a queue that is tried, as JSON. */
export const queueContents = (tried: string) =>
  once<T.QueueContents>(workQueueKeys.contents(tried), (signal) =>
    post("work_queues/contents", JSON.parse(tried) as object, signal),
  );
export const workers = () => queryOne<T.Worker[]>(workerKeys.all(), "workers");

export const artifacts = (narrowed: { flow_run_id?: string; task_run_id?: string; key?: string; latest?: boolean }) =>
  once<T.Page<T.Artifact>>(artifactKeys.list(narrowed), (signal) =>
    get(`artifacts${query({ ...narrowed, limit: 200 })}`, signal),
  );
export const artifact = (id: string) => queryOne<T.Artifact>(artifactKeys.one(id), `artifacts/${id}`);

export const savedSearches = () => queryOne<T.Page<T.SavedSearch>>(savedSearchKeys.all(), "saved_searches?limit=200");
export const version = () => queryOne<T.Version>(versionKeys.all(), "version");
export const database = () => queryOne<T.Database>(databaseKeys.all(), "admin/database");
export const settingsInForce = () => queryOne<T.SettingInForce[]>(settingsKeys.all(), "admin/settings");
export const tokens = () => queryOne<T.ApiToken[]>(tokensKeys.all(), "tokens");
export const services = () => queryOne<T.ServiceLease[]>(serviceKeys.all(), "services");
export const storageBlocks = () =>
  queryOne<T.Page<T.StorageBlock>>(storageBlockKeys.all(), "block_documents?limit=500");
export const storageKinds = () =>
  queryOptions({ ...queryOne<T.StorageKind[]>(storageKindKeys.all(), "block_documents/types"), staleTime: Infinity });
export const notificationPolicies = () =>
  queryOne<T.NotificationPolicy[]>(notificationPolicyKeys.all(), "notification_policies");
export const variables = () => queryOne<T.Page<T.Variable>>(variableKeys.all(), "variables?limit=500");
export const concurrencyLimits = () =>
  queryOne<T.Page<T.ConcurrencyLimit>>(concurrencyLimitKeys.all(), "concurrency_limits?limit=500");
export const flowsNamed = (part: string) =>
  once<T.Page<T.Flow>>(flowKeys.named(part), (signal) =>
    post("flows/filter", { limit: 100, ...(part ? { flows: { name: { like_: part } } } : {}) }, signal),
  );
