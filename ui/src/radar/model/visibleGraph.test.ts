import { expect, test } from "vitest";
import type { Graph, GraphShape } from "../../api/types";
import { anglesByCall, areAlike, graphShapeOf } from "./seeding";
import { visibleGraphOf } from "./visibleGraph";

function graph(
  id: string,
  names: string[],
  edges: [number, number][],
  more: Record<string, object> = {},
  origin = "2026-01-01T00:00:00Z",
): Graph {
  const nodes = names.map((name, at) => ({
    id: `${id}-${name}`,
    name,
    start: at,
    end: at + 1,
    subflow: null,
    task: 0,
    ...more[name],
  }));
  return {
    flow_run_id: id,
    origin,
    run_try: 1,
    tries: 1,
    task_runs: names.length,
    tasks: [{ key: "t", name: "t" }],
    nodes,
    edges,
  } as unknown as Graph;
}

const names = ({ graph: { nodes, edges } }: { graph: Graph }) =>
  edges.map(([from, to]) => `${nodes[from!]!.name}${nodes[to!]!.name}`).sort();
const outer = graph(
  "o",
  ["a", "s", "b"],
  [
    [0, 1],
    [1, 2],
  ],
  { s: { subflow: { flow_run_id: "i" } } },
);
const inner = graph(
  "i",
  ["x", "y", "z"],
  [
    [0, 1],
    [0, 2],
  ],
  { z: { subflow: { flow_run_id: "j" } } },
  "2026-01-01T00:00:01Z",
);
const innermost = graph("j", ["q"], []);

test("an opened subflow hangs on its node, and what came after it comes after its last task runs", () => {
  const shown = visibleGraphOf(outer, new Map([["i", inner]]), new Set());
  expect(names(shown)).toEqual(["as", "sx", "xy", "xz", "yb", "zb"]);
  expect([...shown.sectorOf]).toEqual([-1, 0, -1, 0, 0, 0]);
  expect(shown.flowRunOf.join("")).toBe("oooiii");
  expect(shown.graph.nodes[3]!.start).toBe(1000);
});

test("subflows open in subflows, each in a sector of its own", () => {
  const shown = visibleGraphOf(
    outer,
    new Map([
      ["i", inner],
      ["j", innermost],
    ]),
    new Set(),
  );
  expect(names(shown)).toEqual(["as", "qb", "sx", "xy", "xz", "yb", "zq"]);
  expect([...shown.sectorParents]).toEqual([-1, 0]);
});

test("a folded node hides only what nothing else leads to", () => {
  const diamond = graph(
    "d",
    ["a", "b", "c", "d", "e"],
    [
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 3],
      [1, 4],
    ],
  );
  const shown = visibleGraphOf(diamond, new Map(), new Set(["d-b"]));
  expect(names(shown)).toEqual(["ab", "ac", "bd", "cd"]);
  expect([...shown.folded]).toEqual([0, 1, 0, 0]);
  expect(visibleGraphOf(outer, new Map([["i", inner]]), new Set(["i-x"])).flowRunOf.join("")).toBe("ooi");
  expect(visibleGraphOf(diamond, new Map(), new Set(["d-a"])).graph.nodes).toHaveLength(1);
});

test("folding a cycle that nothing leads to ends, and hides nothing", () => {
  const ring = graph(
    "r",
    ["a", "b"],
    [
      [0, 1],
      [1, 0],
    ],
  );
  expect(visibleGraphOf(ring, new Map(), new Set(["r-a"])).graph.nodes).toHaveLength(2);
});

test("the same call takes the angle it had in another run", () => {
  const [today, yesterday] = [graph("n", ["a", "b", "c"], []), graph("p", ["a", "b"], [])].map(graphShapeOf) as [
    GraphShape,
    GraphShape,
  ];
  expect([...anglesByCall(today, yesterday, [1, 2])]).toEqual([1, 2, Number.NaN]);
  expect(areAlike(today, yesterday)).toBe(false);
  expect(areAlike(today, { ...today, flow_run_id: "another" })).toBe(true);
});
