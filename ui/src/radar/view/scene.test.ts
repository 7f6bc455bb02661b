import { expect, test } from "vitest";
import type { Graph } from "../../api/types";
import { layOut } from "../layout/layout";
import { visibleGraphOf } from "../model/visibleGraph";
import { layeredPositions, radarPositions } from "./positions";
import { criticalPath, failuresOf, pathBetween, reachable, sceneOf, sharesOf, stateOf } from "./scene";
import { digraphOf } from "./laidOutGraph";

/** a ─▶ b ─▶ d, a ─▶ c ─▶ d, and e alone. */
const graph = {
  origin: "2026-01-01T00:00:00Z",
  edges: [
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 3],
  ],
  nodes: [
    { id: "a", start: 0, end: 10 },
    { id: "b", start: 10, end: 90 },
    { id: "c", start: 10, end: 20 },
    { id: "d", start: 90, end: 100 },
    { id: "e", start: null, end: null },
  ],
} as unknown as Graph;
const scene = sceneOf(visibleGraphOf(graph, new Map(), new Set()), layOut(digraphOf(graph)));

test("of a node that stands for many, each failure counts", () => {
  expect(failuresOf({ members: 500, states: { COMPLETED: 491, FAILED: 8, CRASHED: 1 } } as never)).toBe(9);
  expect(failuresOf({ members: null, state_type: "FAILED", states: null } as never)).toBe(1);
  expect(failuresOf({ members: null, state_type: "COMPLETED", states: null } as never)).toBe(0);
});

test("all ancestors and descendants are found, however far", () => {
  expect([...reachable(3, scene.upstream)].sort()).toEqual([0, 1, 2]);
  expect([...reachable(0, scene.downstream)].sort()).toEqual([1, 2, 3]);
  expect(reachable(4, scene.upstream).size).toBe(0);
});

test("a path goes either way, or there is none", () => {
  expect(pathBetween(scene, 0, 3)).toHaveLength(3);
  expect(pathBetween(scene, 3, 1)).toEqual([3, 1]);
  expect(pathBetween(scene, 1, 2)).toEqual([]);
});

test("the critical path goes by whichever upstream ended last", () =>
  expect(criticalPath(scene, 200)).toEqual([0, 1, 3]));

test("rings grow outwards, and columns to the right", () => {
  const { x, y } = radarPositions(scene);
  expect(Math.hypot(x[3]!, y[3]!)).toBeGreaterThan(Math.hypot(x[1]!, y[1]!));
  const layered = layeredPositions(scene);
  expect(layered.x[3]!).toBeGreaterThan(layered.x[1]!);
  expect(layered.x[1]).toBe(layered.x[2]);
});

test("of many, the state that needs to be seen is shown", () => {
  expect(stateOf({ ...graph.nodes[0]!, states: { COMPLETED: 9, FAILED: 1 } })).toBe("FAILED");
});

test("of thousands, a few failures keep a share that can be seen, and all shares are one", () => {
  const shares = sharesOf({ ...graph.nodes[0]!, members: 10_000, states: { FAILED: 1, COMPLETED: 9_999 } });
  expect(shares.map(([state]) => state)).toEqual(["COMPLETED", "FAILED"]);
  expect(shares[1]![2] - shares[1]![1]).toBeGreaterThan(0.04);
  expect(shares[1]![2]).toBeCloseTo(1);
});

test("what would fold away behind a node is what only it leads to", () => {
  expect([...scene.behind]).toEqual([3, 0, 0, 0, 0]);
  for (const [at, { id }] of graph.nodes.entries())
    expect(Math.max(...visibleGraphOf(graph, new Map(), new Set([id])).folded, 0)).toBe(scene.behind[at]);
});
