import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { banded, branches, graph, ladder, shuffledChains } from "../../../bench/graphs";
import { lineOf, type Point } from "../../../bench/lines";
import type { Digraph } from "../layout/digraph";
import { route } from "../layout/lanes";
import { type Layout, layOut } from "../layout/layout";
import { addRadialPath } from "./edges";

const TURN = 2 * Math.PI;
const TOUCHING = 0.02; // pixels: lines that run into one another do not cross

/** How often two lines pass through one another. */
function crossings(one: readonly Point[], other: readonly Point[]): number {
  let found = 0;
  const [[low, high], [from, to]] = [anglesOf(one), anglesOf(other)];
  for (let turn = -2 * TURN; turn <= 2 * TURN; turn += TURN) {
    if (apart(low, high, from + turn, to + turn)) continue;
    for (let i = 1; i < one.length; i++)
      for (let j = 1; j < other.length; j++)
        if (cross(one[i - 1]!, one[i]!, moved(other[j - 1]!, turn), moved(other[j]!, turn))) found++;
  }
  return found;
}

const anglesOf = (line: readonly Point[]): [number, number] => [
  Math.min(...line.map(([angle]) => angle)),
  Math.max(...line.map(([angle]) => angle)),
];
const moved = ([angle, radius]: Point, turn: number): Point => [angle + turn, radius];

function cross(a: Point, b: Point, c: Point, d: Point): boolean {
  if (apart(a[0], b[0], c[0], d[0]) || apart(a[1], b[1], c[1], d[1])) return false;
  const scale = Math.max(a[1], b[1]);
  const sides = [beside(a, b, c, scale), beside(a, b, d, scale), beside(c, d, a, scale), beside(c, d, b, scale)];
  return sides.every((side) => Math.abs(side) > TOUCHING) && sides[0]! * sides[1]! < 0 && sides[2]! * sides[3]! < 0;
}

const apart = (a: number, b: number, c: number, d: number): boolean =>
  Math.min(a, b) > Math.max(c, d) || Math.min(c, d) > Math.max(a, b);

/** How far, in pixels, a point lies to the left of a line. */
function beside([ax, ay]: Point, [bx, by]: Point, [x, y]: Point, scale: number): number {
  return (
    (scale * ((bx - ax) * (y - ay) - (by - ay) * (x - ax))) / Math.max(1e-9, Math.hypot((bx - ax) * scale, by - ay))
  );
}

function drawnCrossings(given: Digraph, layout: Layout): number {
  const routes = route(given, layout);
  const lines = Array.from(given.sources, (_, edge) => lineOf((pen) => addRadialPath(pen, { layout, routes }, edge)));
  let found = 0;
  for (let one = 0; one < lines.length; one++)
    for (let other = 0; other < one; other++) found += crossings(lines[one]!, lines[other]!);
  return found;
}

const trees = fc.array(fc.nat(), { minLength: 1, maxLength: 60 }).map((picks) =>
  graph(
    picks.length + 1,
    picks.map((pick, index) => [pick % (index + 1), index + 1]),
  ),
);

/** Each pick splits an edge in two, or doubles it by a parallel branch. */
const seriesParallel = fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 40 }).map((picks) => {
  const edges: [number, number][] = [[0, 1]];
  let vertices = 2;
  for (const [pick, inSeries] of picks) {
    const edge = edges[pick % edges.length]!;
    const [from, to] = edge;
    const middle = vertices++;
    if (inSeries) edges.splice(edges.indexOf(edge), 1);
    edges.push([from, middle], [middle, to]);
  }
  return graph(vertices, edges);
});

const tutorial: Record<string, Digraph> = {
  pipeline: graph(3, [
    [0, 1],
    [1, 2],
  ]),
  "preprocessing, where an edge skips a ring": graph(4, [
    [0, 2],
    [0, 3],
    [1, 3],
    [2, 3],
  ]),
  "a main flow with models that depend on its subflow": graph(3, [
    [0, 1],
    [0, 2],
  ]),
};

describe("edges as they are drawn", () => {
  test("cross nowhere in trees", () => {
    fc.assert(fc.property(trees, (tree) => drawnCrossings(tree, layOut(tree)) === 0));
  });

  test("cross nowhere in series-parallel graphs", () => {
    fc.assert(fc.property(seriesParallel, (given) => drawnCrossings(given, layOut(given)) === 0));
  });

  test.each([
    ["six branches", branches()],
    ["12 chains of 5", shuffledChains(12, 5)],
    ["14 chains of 8", shuffledChains(14, 8)],
    ["a ladder of diamonds", ladder(12)],
    ...Object.entries(tutorial),
  ])("cross nowhere in %s", (_, given) => {
    expect(drawnCrossings(given, layOut(given))).toBe(0);
  });

  test.each([
    ["8 by 4", banded(8, 4, 2)],
    ["9 by 3, thrice", banded(9, 3, 3)],
    ["14 by 6", banded(14, 6, 2)],
  ])("cross no oftener than their order makes them in bands of %s", (_, given) => {
    const layout = layOut(given);
    expect(layout.crossings).toBeGreaterThan(0);
    expect(drawnCrossings(given, layout)).toBeLessThanOrEqual(layout.crossings);
  });
});
