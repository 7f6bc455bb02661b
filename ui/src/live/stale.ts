import type { Change } from "./stream";

/** Nothing of these is ever read twice: lines are appended, names stay what they were. */
const KEPT = new Set(["lines", "names"]);

/** Kinds without changes of their own, and the kind whose changes affect them. */
const MOVED_BY: Record<string, string> = { task_run: "flow_run", flow: "flow_run", work_queue: "flow_run" };

/**
 * Which queries a batch of changes makes stale, by the first parts of their keys: a kind and, for one entity, its id.
 */
export class Stale {
  readonly #ids = new Set<string>();
  readonly #kinds = new Set<string>();

  add(change: Change): void {
    this.#kinds.add(change.kind);
    this.#ids.add(change.id);
    if (change.kind !== "task_run") return;
    if (change.flow_run_id) this.#ids.add(change.flow_run_id);
    if (change.root_flow_run_id) this.#ids.add(change.root_flow_run_id);
  }

  get isEmpty(): boolean {
    return !this.#kinds.size;
  }

  covers([kind, which]: readonly unknown[]): boolean {
    if (typeof kind !== "string" || KEPT.has(kind)) return false;
    const moved = this.#kinds.has(MOVED_BY[kind] ?? "");
    if (typeof which === "string" && isId(which)) return this.#ids.has(which) || (kind === "work_queue" && moved);
    return this.#kinds.has(kind) || moved;
  }
}

/** Whether a query may be outdated after the stream was cut. */
export const isPerishable = ([kind]: readonly unknown[]): boolean => !KEPT.has(String(kind));

const isId = (text: string): boolean => /^[0-9a-f]{8}-/.test(text);
