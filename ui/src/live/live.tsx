import type { QueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { type Change, type Link, Stream } from "./stream";

const AT_MOST_EVERY_MS = 350;

let stream: Stream | null = null;

/** Begin to keep what was read up to date. */
export function goLive(queries: QueryClient): void {
  const stale = new Staleness(queries);
  stream = new Stream(
    (changes) => stale.note(changes),
    () => void queries.invalidateQueries(),
  );
  stream.start();
}

/** Whether what is shown is live. */
export function useLink(): Link {
  return useSyncExternalStore(
    (told) => stream?.subscribe(told) ?? (() => undefined),
    () => stream?.link ?? "connecting",
  );
}

/** Hear of every task run and log line of a root run while the component is shown. */
export function useRootRun(rootFlowRunId: string | undefined): void {
  useEffect(() => (rootFlowRunId === undefined ? undefined : stream?.follow(`root:${rootFlowRunId}`)), [rootFlowRunId]);
}

/** Collects what changed and makes the queries that show it stale: at once, then at most every 350 ms. */
class Staleness {
  #ids = new Set<string>();
  #kinds = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #before = 0;

  constructor(private readonly queries: QueryClient) {}

  note(changes: Change[]): void {
    for (const change of changes) {
      this.#kinds.add(change.kind);
      this.#ids.add(change.id);
      if (change.kind === "task_run" || change.kind === "log") {
        const home = (change as Change & { flow_run_id?: string }).flow_run_id ?? (change.kind === "log" ? change.id : undefined);
        if (home) this.#ids.add(home);
        if (change.root_flow_run_id) this.#ids.add(change.root_flow_run_id);
      }
    }
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#before + AT_MOST_EVERY_MS - performance.now());
    this.#timer = setTimeout(() => this.#tell(), wait);
  }

  #tell(): void {
    const kinds = this.#kinds;
    const ids = this.#ids;
    this.#kinds = new Set();
    this.#ids = new Set();
    this.#timer = undefined;
    this.#before = performance.now();
    void this.queries.invalidateQueries({
      predicate: ({ queryKey: [kind, which] }) => {
        if (typeof which === "string" && isId(which)) return ids.has(which);
        return kinds.has(String(kind)) || (kind === "work_queue" && kinds.has("flow_run"));
      },
    });
  }
}

const isId = (text: string): boolean => /^[0-9a-f]{8}-/.test(text);
