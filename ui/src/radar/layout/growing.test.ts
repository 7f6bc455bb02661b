import * as fc from "fast-check";
import { expect, test } from "vitest";
import { large } from "../../../bench/graphs";
import type { Digraph } from "./digraph";
import { grow } from "./growing";
import { layOut, type Layout } from "./layout";

function appended({ vertexCount, sources, targets }: Digraph, upstreams: readonly number[]): Digraph {
  return {
    vertexCount: vertexCount + 1,
    sources: Int32Array.from([...sources, ...upstreams]),
    targets: Int32Array.from([...targets, ...upstreams.map(() => vertexCount)]),
  };
}

const same = (count: number): Int32Array => Int32Array.from({ length: count + 1 }, (_, at) => (at < count ? at : -1));
const x = ({ radii, angles }: Layout, vertex: number): number => radii[vertex]! * Math.cos(angles[vertex]!);
const y = ({ radii, angles }: Layout, vertex: number): number => radii[vertex]! * Math.sin(angles[vertex]!);

function farthestMove(before: Layout, after: Layout, count: number): number {
  let most = 0;
  for (let vertex = 0; vertex < count; vertex++)
    most = Math.max(most, Math.hypot(x(after, vertex) - x(before, vertex), y(after, vertex) - y(before, vertex)));
  return most;
}

test("one task more among a thousand moves no other by more than 40 pixels, however many follow", () => {
  let graph = large(1_000, 40);
  const first = layOut(graph);
  let layout = first;
  for (let round = 0; round < 300; round++) {
    const next = appended(graph, [(round * 37) % graph.vertexCount, (round * 101 + 5) % graph.vertexCount]);
    const grown = grow(next, { graph, layout }, same(graph.vertexCount))!;
    expect(farthestMove(layout, grown, graph.vertexCount)).toBeLessThanOrEqual(40);
    [graph, layout] = [next, grown];
  }
  expect(farthestMove(first, layout, 1_000)).toBeLessThanOrEqual(40);
});

test("newcomers stand beside one another, never on one another", () => {
  let graph: Digraph = { vertexCount: 5, sources: Int32Array.of(0, 0, 0, 0), targets: Int32Array.of(1, 2, 3, 4) };
  let layout = layOut(graph);
  for (let each = 0; each < 4; each++) {
    const next = appended(graph, [1]);
    [layout, graph] = [grow(next, { graph, layout }, same(graph.vertexCount))!, next];
  }
  for (let one = 0; one < 9; one++) {
    for (let other = 0; other < one; other++)
      expect(Math.hypot(x(layout, one) - x(layout, other), y(layout, one) - y(layout, other))).toBeGreaterThan(100);
  }
});

test("a newcomer goes to where it stood in an earlier run, if there is room", () => {
  const graph: Digraph = { vertexCount: 3, sources: Int32Array.of(0, 0), targets: Int32Array.of(1, 2) };
  const layout = layOut(graph);
  const seed = Float64Array.of(Number.NaN, Number.NaN, Number.NaN, layout.angles[1]! + 1.4);
  const grown = grow(appended(graph, [0]), { graph, layout }, same(3), seed)!;
  expect(grown.angles[3]).toBeCloseTo(layout.angles[1]! + 1.4);
});

test("every edge keeps or gets a way from its upstream to its downstream", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 30 }), (picks) => {
      let graph = large(60, 12);
      let layout = layOut(graph);
      for (const [one, other] of picks) {
        const next = appended(graph, [...new Set([one % graph.vertexCount, other % graph.vertexCount])]);
        [layout, graph] = [grow(next, { graph, layout }, same(graph.vertexCount))!, next];
      }
      return graph.sources.every((source, edge) => {
        const way = layout.path.subarray(layout.pathStarts[edge]!, layout.pathStarts[edge + 1]!);
        const steps = layout.ranks[graph.targets[edge]!]! - layout.ranks[source]! + 1;
        return (
          way[0] === source &&
          way.at(-1) === graph.targets[edge] &&
          way.length === steps &&
          way.every((vertex) => Number.isFinite(layout.angles[vertex]!))
        );
      });
    }),
  );
});

test("what has doubled, or whose middle is shared, is laid out anew", () => {
  const graph: Digraph = { vertexCount: 1, sources: Int32Array.of(), targets: Int32Array.of() };
  const layout = layOut(graph);
  expect(grow(appended(graph, []), { graph, layout }, same(1))).toBeNull();
  const three = appended(appended(graph, [0]), [0]);
  expect(grow(three, { graph, layout }, Int32Array.of(0, -1, -1))).toBeNull();
});
