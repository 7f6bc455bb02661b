import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { banded, ladder, shuffledChains } from "../../../bench/graphs";
import { shortestTurns, spreadEvenly } from "./arrangement";
import { countCrossings } from "./crossings";
import { digraphFromNames, type Digraph } from "./digraph";
import { nearestGap } from "./insertion";
import { route } from "./lanes";
import { layOut } from "./layout";
import { rank } from "./ranks";
import { cutIntoRings } from "./rings";
import { sift } from "./sifting";
import { spaceOut } from "./straightening";

function graph(vertexCount: number, edges: readonly (readonly [number, number])[]): Digraph {
  return {
    vertexCount,
    sources: Int32Array.from(edges, ([from]) => from),
    targets: Int32Array.from(edges, ([, to]) => to),
  };
}

const trees = fc.array(fc.nat(), { minLength: 1, maxLength: 120 }).map((picks) =>
  graph(
    picks.length + 1,
    picks.map((pick, index) => [pick % (index + 1), index + 1] as const),
  ),
);

const layered = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 80 }).map((pairs) =>
  graph(
    40,
    pairs.map(([from, to]) => [from % 40, to % 40] as const).filter(([from, to]) => from < to),
  ),
);

/** Grows a series-parallel graph: each pick splits an edge in two, or doubles it by a parallel branch. */
const seriesParallel = fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 60 }).map((picks) => {
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

describe("crossings", () => {
  test("none on trees", () => {
    fc.assert(fc.property(trees, (tree) => layOut(tree).crossings === 0));
  });

  test("none on series-parallel graphs", () => {
    fc.assert(fc.property(seriesParallel, (given) => layOut(given).crossings === 0));
  });

  test("none on independent chains", () => {
    const edges = Array.from({ length: 14 * 8 }, (_, at) => [at < 14 ? 0 : at - 13, at + 1] as const);
    expect(layOut(graph(113, edges)).crossings).toBe(0);
  });

  test("never more than in the order of arrival", () => {
    fc.assert(
      fc.property(layered, (given) => {
        const rings = cutIntoRings(given, rank(given));
        const angles = spreadEvenly(rings.rings, rings.vertexCount);
        return layOut(given).crossings <= countCrossings(rings, { angles, turns: shortestTurns(rings, angles) });
      }),
    );
  });

  test.each([
    ["12 chains of 5", shuffledChains(12, 5), 0],
    ["14 chains of 8", shuffledChains(14, 8), 0],
    ["6 rings of 14, two upstreams each", banded(14, 6, 2), 121],
    ["10 rings of 12, two upstreams each", banded(12, 10, 2), 101],
  ])("few on %s", (_, given, most) => {
    expect(layOut(given).crossings).toBeLessThanOrEqual(most);
  });

  test("sifting only takes crossings away, and what it answers is what is counted", () => {
    fc.assert(
      fc.property(layered, (given) => {
        const rings = cutIntoRings(given, rank(given));
        const angles = spreadEvenly(rings.rings, rings.vertexCount);
        const turns = shortestTurns(rings, angles);
        const start = { order: rings.rings, angles, turns, crossings: countCrossings(rings, { angles, turns }) };
        const sifted = sift(rings, start, 100_000);
        const members = sifted.order.map((ring) => [...ring].sort((left, right) => left - right));
        return (
          sifted.crossings <= start.crossings &&
          countCrossings(rings, sifted) === sifted.crossings &&
          JSON.stringify(members) === JSON.stringify(rings.rings.map((ring) => [...ring]))
        );
      }),
    );
  });

  test("are counted as pair by pair", () => {
    fc.assert(
      fc.property(layered, (given) => {
        const rings = cutIntoRings(given, rank(given));
        const angles = spreadEvenly(rings.rings, rings.vertexCount);
        const turns = shortestTurns(rings, angles);
        const full = 2 * Math.PI;
        let expected = 0;
        for (let one = 0; one < turns.length; one++) {
          for (let two = 0; two < one; two++) {
            const [a, c] = [rings.segmentSources[one]!, rings.segmentSources[two]!];
            if (rings.ringOf[a] !== rings.ringOf[c]) continue;
            const [b, d] = [rings.segmentTargets[one]!, rings.segmentTargets[two]!];
            for (let shift = -3; shift <= 3; shift++) {
              const inside = angles[a]! - angles[c]! + shift * full;
              const outside = angles[b]! - angles[d]! + (turns[one]! - turns[two]! + shift) * full;
              if (inside * outside < -1e-12) expected++;
            }
          }
        }
        return countCrossings(rings, { angles, turns }) === expected;
      }),
    );
  });

  test("stay none when vertices move towards their neighbours", () => {
    fc.assert(
      fc.property(seriesParallel, (given) => {
        const { angles, path, pathStarts, pathTurns, ranks } = layOut(given);
        const full = 2 * Math.PI;
        const steps: [number, number, number][] = [];
        for (let edge = 0; edge + 1 < pathStarts.length; edge++) {
          for (let at = pathStarts[edge]!; at + 1 < pathStarts[edge + 1]!; at++) {
            const ring = ranks[given.sources[edge]!]! + at - pathStarts[edge]!;
            steps.push([ring, angles[path[at]!]!, angles[path[at + 1]!]! + pathTurns[at + 1]! * full]);
          }
        }
        return steps.every(([ring, a, b]) =>
          steps.every(
            ([other, c, d]) =>
              ring !== other ||
              [-2, -1, 0, 1, 2].every((shift) => (a - c - shift * full) * (b - d - shift * full) >= -1e-9),
          ),
        );
      }),
    );
  });
});

describe("ranks", () => {
  test("are the longest way from a root", () => {
    expect([
      ...rank(
        graph(4, [
          [0, 1],
          [1, 2],
          [0, 2],
          [2, 3],
        ]),
      ).ranks,
    ]).toEqual([0, 1, 2, 3]);
  });

  test("mark what closes a cycle, and end", () => {
    const { ranks, closesCycle } = rank(
      graph(4, [
        [0, 1],
        [1, 2],
        [2, 0],
        [2, 3],
      ]),
    );
    expect([...ranks]).toEqual([0, 1, 2, 3]);
    expect([...closesCycle]).toEqual([0, 0, 1, 0]);
  });
});

describe("bad input", () => {
  test("a graph of nothing and of one vertex", () => {
    expect(layOut(graph(0, [])).angles).toHaveLength(0);
    expect(layOut(graph(1, [])).radii[0]).toBe(0);
  });

  test("an edge to what is not there is left out", () => {
    expect(
      digraphFromNames(
        ["a"],
        [
          ["a", "b"],
          ["a", "a"],
        ],
      ).sources,
    ).toHaveLength(0);
  });

  test.each([
    ["100,000 vertices alone", graph(100_000, []), 0],
    [
      "a cycle of 50,000",
      graph(
        50_000,
        Array.from({ length: 50_000 }, (_, at) => [at, (at + 1) % 50_000] as const),
      ),
      1,
    ],
    [
      "50,000 between one and one",
      graph(
        50_002,
        Array.from(
          { length: 100_000 },
          (_, at) => (at < 50_000 ? [0, at + 1] : [at - 49_999, 50_001]) as [number, number],
        ),
      ),
      0,
    ],
  ])("%s end up somewhere, and soon", (_, given, closing) => {
    const started = performance.now();
    const layout = layOut(given);
    const { arcRadii } = route(given, layout);
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(layout.closesCycle.reduce((sum, each) => sum + each, 0)).toBe(closing);
    expect(
      layout.radii.every(Number.isFinite) && layout.angles.every(Number.isFinite) && arcRadii.every(Number.isFinite),
    ).toBe(true);
  });

  test("one ring of 50,000 keeps a bounded radius", () => {
    expect(Math.max(...layOut(graph(50_000, [])).radii)).toBeLessThan(2_000);
  });
});

describe("time", () => {
  test.each([
    ["a ladder of 30 diamonds", ladder(30)],
    [
      "a chain of 500",
      graph(
        500,
        Array.from({ length: 499 }, (_, at) => [at, at + 1] as const),
      ),
    ],
  ])("%s is laid out within 50 ms", (_, given) => {
    layOut(given);
    const started = performance.now();
    expect(layOut(given).crossings).toBe(0);
    expect(performance.now() - started).toBeLessThan(50);
  });
});

describe("stability", () => {
  test("the angles of a layout seed the same layout", () => {
    const given = graph(7, [
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    const first = layOut(given);
    layOut(given, { previousAngles: first.angles }).angles.forEach((angle, vertex) =>
      expect(Math.cos(angle - first.angles[vertex]!)).toBeCloseTo(1, 9),
    );
  });

  test("a seed keeps the order it tells, also where one vertex is new", () => {
    const order = [3, 1, 4, 6, 5, 2, 7]; // of chains 0 → c → c + 7, as they stood in an earlier run
    const previousAngles = new Float64Array(16).fill(Number.NaN);
    order.forEach((chain, at) => (previousAngles[chain] = previousAngles[chain + 7] = at * 0.8));
    const given = graph(16, [
      ...order.flatMap(
        (chain) =>
          [
            [0, chain],
            [chain, chain + 7],
          ] as [number, number][],
      ),
      [0, 15],
    ]);
    const { angles, crossings } = layOut(given, { previousAngles });
    const turned = (vertex: number): number => (((angles[vertex]! - angles[3]!) % 6.2832) + 6.2832 + 1e-6) % 6.2832;
    expect(crossings).toBe(0);
    expect([...order].sort((left, right) => turned(left) - turned(right))).toEqual(order);
  });

  test("a picture nobody has seen flows to the right, and lies along the screen where it goes two ways", () => {
    const chain = layOut(
      graph(3, [
        [0, 1],
        [1, 2],
      ]),
    );
    expect(Math.cos(chain.angles[2]!)).toBeCloseTo(1);
    const both = layOut(
      graph(3, [
        [0, 1],
        [0, 2],
      ]),
    );
    expect(Math.cos(both.angles[1]!) * Math.cos(both.angles[2]!)).toBeCloseTo(-1);
  });

  test("a new vertex takes a gap and keeps its distance", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.double({ min: 0, max: 6.28, noNaN: true }), (count, wanted) => {
        const taken = Float64Array.from({ length: count }, (_, at) => at * 0.1);
        const angle = nearestGap(taken, wanted, 0.05);
        return taken.every((other) => Math.abs(Math.atan2(Math.sin(angle - other), Math.cos(angle - other))) > 0.049);
      }),
    );
  });

  test("spacing keeps order, gap and the turn", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 2, maxLength: 30 }), (wanted) => {
        const gap = (2 * Math.PI * 0.999) / wanted.length;
        const each = (value: number) => new Float64Array(wanted.length).fill(value);
        const placed = spaceOut(Float64Array.from(wanted), each(gap), each(1));
        const apart = placed.every((angle, at) => at === 0 || angle - placed[at - 1]! > gap - 1e-9);
        return apart && placed.at(-1)! - placed[0]! < 2 * Math.PI;
      }),
    );
  });
});
