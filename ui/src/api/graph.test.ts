import { expect, test } from "vitest";
import { upToDate } from "./graph";
import type { Graph } from "./types";

const node = (id: string, more: object = {}) => ({ id, kind: "task_run", name: id, ...more });
const whole = {
  number: 7,
  since: null,
  places: null,
  nodes: [node("a"), node("b")],
  edges: [[0, 1]],
  tasks: [{ key: "t", name: "t" }],
} as unknown as Graph;

test("news are laid over what is known, and what has not changed stays the same object", () => {
  const known = upToDate(undefined, whole);
  const news = {
    number: 9,
    since: 7,
    places: [1],
    nodes: [node("b", { state_type: "FAILED" })],
    edges: [],
    tasks: [],
  } as unknown as Graph;
  const now = upToDate(known, news);
  expect(now.nodes[0]).toBe(known.nodes[0]);
  expect(now.nodes[1]).toMatchObject({ id: "b", state_type: "FAILED", members: null });
  expect([now.number, now.edges, now.tasks]).toEqual([9, known.edges, known.tasks]);
});

test("news of another graph are refused", () => {
  expect(() => upToDate(undefined, { ...whole, since: 3, places: [] })).toThrow();
});
