import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import type { FlowRun, TaskRun } from "../api/types";
import { patchRun } from "./patchRun";
import { isPerishable, Stale } from "./stale";
import { patchRecord } from "./patchRecord";
import { type Change, type Link, Stream } from "./stream";

const SHORTEST_PAUSE_MS = 150;
const LONGEST_ROUND_MS = 5_000;
const JUST_READ_MS = 1_000;

let stream: Stream | null = null;

/** Begin to keep what was read up to date. */
export function goLive(queries: QueryClient): void {
  const updates = new Updates(queries);
  stream = new Stream(
    (changes) => updates.take(changes),
    () => void queries.invalidateQueries({ predicate: ({ queryKey }) => isPerishable(queryKey) }),
  );
  stream.start();
}

/** Whether what is shown is live. */
export function useLink(): Link {
  return useSyncExternalStore(
    (listener) => stream?.subscribe(listener) ?? (() => undefined),
    () => stream?.link ?? "connecting",
  );
}

/** Hear of every task run and log line of a root run while the component is shown. */
export function useRootRun(rootFlowRunId: string | undefined): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (rootFlowRunId === undefined) return undefined;
    const unfollow = stream?.follow(`root:${rootFlowRunId}`);
    // Data cached during an earlier visit has missed changes since.
    void queries.invalidateQueries({
      predicate: ({ queryKey, state }) =>
        isPerishable(queryKey) && state.fetchStatus === "idle" && Date.now() - state.dataUpdatedAt > JUST_READ_MS,
    });
    return unfollow;
  }, [rootFlowRunId, queries]);
}

/** Hear of agents, services or concurrency limits while the component is shown. */
export function useTopic(topic: "worker:*" | "service:*" | "concurrency_limit:*"): void {
  useEffect(() => stream?.follow(topic), [topic]);
}

/**
 * Has what changed read again: at once, and then in rounds. A round begins when the last one has been answered and as
 * much time again has passed: if each change began one anew, a slow question to a busy server would never be answered.
 */
class Updates {
  #stale = new Stale();
  #busy = false;

  constructor(private readonly queries: QueryClient) {}

  take(changes: Change[]): void {
    for (const change of changes) {
      if (change.kind === "log") this.#newestLine(change);
      else if (change.record !== undefined)
        this.queries.setQueryData([change.kind], (data: unknown) => patchRecord(data, change));
      else this.#stale.add(change);
      if (change.kind === "flow_run" || change.kind === "task_run") {
        this.queries.setQueryData<FlowRun | TaskRun>([change.kind, change.id], (run) => run && patchRun(run, change));
      }
    }
    if (!this.#busy) void this.#rounds();
  }

  /** The stream carries the newest ordinal of a run's log, so nothing is fetched. */
  #newestLine({ id, root_flow_run_id, ordinal }: Change): void {
    if (ordinal === undefined) return;
    for (const run of new Set([id, root_flow_run_id])) {
      this.queries.setQueryData<number | null>(["log", run], (known) =>
        known === undefined ? undefined : Math.max(known ?? -1, ordinal),
      );
    }
  }

  async #rounds(): Promise<void> {
    this.#busy = true;
    while (!this.#stale.isEmpty) {
      const stale = this.#stale;
      this.#stale = new Stale();
      const began = performance.now();
      await Promise.race([
        this.queries.invalidateQueries({ predicate: ({ queryKey }) => stale.covers(queryKey) }),
        after(LONGEST_ROUND_MS),
      ]);
      await after(Math.max(SHORTEST_PAUSE_MS, performance.now() - began));
    }
    this.#busy = false;
  }
}

const after = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
