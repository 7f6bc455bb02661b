import * as fc from "fast-check";
import { expect, test } from "vitest";
import { graph as graphFrom } from "../../../bench/graphs";
import { layOut } from "./layout";

/** Vertices 0…n−1 with edges forwards, in sectors that lie in one another at random. */
const sectored = fc
  .tuple(
    fc.integer({ min: 2, max: 40 }),
    fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 80 }),
    fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
    fc.array(fc.nat(), { maxLength: 5 }),
  )
  .map(([count, pairs, choices, around]) => {
    const edges = new Set(
      pairs
        .map(([one, other]) => [one % count, other % count] as const)
        .filter(([one, other]) => one !== other)
        .map(([one, other]) => `${Math.min(one, other)} ${Math.max(one, other)}`),
    );
    const parents = Int32Array.from(around, (choice, sector) => (choice % (sector + 1)) - 1);
    const of = Int32Array.from({ length: count }, (_, vertex) => (choices[vertex]! % (parents.length + 1)) - 1);
    return {
      given: graphFrom(
        count,
        [...edges].map((edge) => edge.split(" ").map(Number) as [number, number]),
      ),
      sectors: { of, parents },
    };
  });

test("what is in a sector stands side by side on every ring", () => {
  fc.assert(
    fc.property(sectored, ({ given, sectors }) => {
      const { angles, ranks } = layOut(given, { sectors });
      const isIn = (vertex: number, sector: number): boolean => {
        for (let each = sectors.of[vertex]!; each >= 0; each = sectors.parents[each]!) if (each === sector) return true;
        return false;
      };
      for (const sector of sectors.parents.keys()) {
        for (let ring = 0; ring <= Math.max(...ranks); ring++) {
          const around = [...ranks.keys()]
            .filter((vertex) => ranks[vertex] === ring)
            .sort((left, right) => angles[left]! - angles[right]!);
          const inside = around.map((vertex) => isIn(vertex, sector));
          const borders = inside.filter((each, at) => each !== inside[(at + 1) % inside.length]).length;
          if (borders > 2) return false;
        }
      }
      return true;
    }),
  );
});

test("a sector without crossings in a graph without crossings has none", () => {
  // 0 → 1 → {2, 3, 4} → 5 → 6, beside 0 → 7 → 8; 1…5 are one sector.
  const given = graphFrom(9, [
    [0, 1],
    [1, 2],
    [1, 3],
    [1, 4],
    [2, 5],
    [3, 5],
    [4, 5],
    [5, 6],
    [0, 7],
    [7, 8],
  ]);
  const of = Int32Array.of(-1, 0, 0, 0, 0, 0, -1, -1, -1);
  expect(layOut(given, { sectors: { of, parents: Int32Array.of(-1) } }).crossings).toBe(0);
});
