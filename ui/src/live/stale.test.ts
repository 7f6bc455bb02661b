import { expect, test } from "vitest";
import { isPerishable, Stale } from "./stale";

const RUN = "01a20e62-9d9b-7489-85f1-aa004bb41dbb";
const ROOT = "01a20e62-0000-7489-85f1-aa004bb41dbb";
const TASK = "01a20e62-1111-7489-85f1-aa004bb41dbb";

function staleBy(kind: string, id: string, more: object = {}): Stale {
  const stale = new Stale();
  stale.add({ kind, id, root_flow_run_id: null, ...more });
  return stale;
}

test("a run that changed is read again, and so are the lists and counts it may be in", () => {
  const stale = staleBy("flow_run", RUN);
  expect(stale.covers(["flow_run", RUN, "states"])).toBe(true);
  expect(stale.covers(["flow_run", "count", {}])).toBe(true);
  expect(stale.covers(["task_run", "count", {}])).toBe(true);
  expect(stale.covers(["flow_run", ROOT])).toBe(false);
  expect(stale.covers(["deployment", "page", {}])).toBe(false);
});

test("a task run moves the runs it is in", () => {
  const stale = staleBy("task_run", TASK, { flow_run_id: RUN, root_flow_run_id: ROOT });
  for (const id of [RUN, ROOT]) expect(stale.covers(["flow_run", id, "graph"])).toBe(true);
  expect(stale.covers(["task_run", TASK])).toBe(true);
  expect(stale.covers(["flow_run", "history", {}])).toBe(false);
});

test("a queue's own figures move with the runs in it", () => {
  expect(staleBy("flow_run", RUN).covers(["work_queue", ROOT, "status"])).toBe(true);
});

test("lines that were read are never read again", () => {
  expect(staleBy("flow_run", RUN).covers(["lines", RUN, undefined, 0])).toBe(false);
  expect(isPerishable(["lines", RUN])).toBe(false);
  expect(isPerishable(["flow_run", RUN])).toBe(true);
});
