import { expect, test } from "vitest";
import { failureAfter } from "./failures";
import { BESIDE, CHOSEN, markingOf, markOf, marksOf, PLAIN } from "./marking";
import { levelsOf } from "./mipmaps";
import { packRows } from "./packing";
import type { Spans } from "./spans";

/** Spans one after another, each a millisecond long, one apart. */
function spans(ids: string[], group: number[], groups: string[], failed: number[] = []): Spans {
  return {
    origin: 1000,
    count: ids.length,
    ids,
    group: Uint32Array.from(group),
    groups,
    start: Float64Array.from(ids, (_, at) => at * 2),
    end: Float64Array.from(ids, (_, at) => at * 2 + 1),
    state: Uint8Array.from(ids, (_, at) => Number(failed.includes(at))),
    states: ["COMPLETED", "FAILED"],
  } as unknown as Spans;
}

const few = spans(["a", "g", "m", "n", "b"], [0, 1, 1, 1, 0], ["g"], [2, 4]);
const marks = (...entries: string[][]) => Array.from(marksOf(few, entries) ?? []);

test("a chosen group marks all that it stands for", () =>
  expect(marks(["g"])).toEqual([PLAIN, CHOSEN, CHOSEN, CHOSEN, PLAIN]));

test("a chosen member is marked, and those beside it", () => {
  expect(marks(["g", "m"])).toEqual([PLAIN, BESIDE, CHOSEN, BESIDE, PLAIN]);
  expect(marks(["g", "g"])).toEqual([PLAIN, CHOSEN, BESIDE, BESIDE, PLAIN]);
  expect(marks(["m"])).toEqual([PLAIN, BESIDE, CHOSEN, BESIDE, PLAIN]);
});

test("a node of its own has nobody beside it", () => {
  expect(marks(["a"])).toEqual([CHOSEN, PLAIN, PLAIN, PLAIN, PLAIN]);
  expect(marks(["a"], ["g", "n"])).toEqual([CHOSEN, BESIDE, BESIDE, CHOSEN, PLAIN]);
});

test("what is not here marks nothing, so that nothing becomes pale", () => {
  expect(marksOf(few, [["elsewhere"]])).toBeNull();
  expect(markingOf(packRows(few, new Map()).rows, [["elsewhere"]])).toBeNull();
  expect(markingOf(packRows(few, new Map()).rows, [])).toBeNull();
});

test("many are told by how many they are and how long they took, one by itself", () => {
  const { rows } = packRows(few, new Map());
  expect(markingOf(rows, [["g"]])).toMatchObject({
    many: 3,
    only: null,
    extent: { from: 1002, to: 1007 },
    firstRow: 0,
  });
  expect(markingOf(rows, [["g", "n"]])).toMatchObject({ many: 1, only: { at: 3 } });
});

test("what runs ends with no end", () => {
  const running = { ...few, end: Float64Array.of(1, Number.NaN, 5, 7, 9) };
  expect(markingOf(packRows(running, new Map()).rows, [["g"]])!.extent).toEqual({ from: 1002, to: Infinity });
});

test("what ran in a subflow is marked there", () => {
  const inner = spans(["x", "y"], [0, 0], []);
  const { rows } = packRows(few, new Map([["a", inner]]));
  const marking = markingOf(rows, [["a", "y"]])!;
  expect(marking.only?.row.spans).toBe(inner);
  expect(marking.rows[0]).toBeNull();
});

test("a piece of any level is marked as its most marked span, and others are not", () => {
  const many = 20_000;
  const large = spans(
    Array.from({ length: many }, (_, at) => `r${at}`),
    Array.from({ length: many }, (_, at) => Number(at >= 5_000 && at < 10_000)),
    ["r5000"],
  );
  const [row] = packRows(large, new Map()).rows;
  const whole = markingOf([row!], [["r5000"]])!;
  const one = markingOf([row!], [["r5000", "r7777"]])!;
  const levels = levelsOf(row!, 1);
  expect(levels.length).toBeGreaterThan(3);
  for (const level of levels) {
    const found = Array.from(
      level.start.keys(),
      (piece) =>
        [
          level.first[piece]!,
          level.first[piece + 1]!,
          markOf(whole.rows[0]!, level, piece),
          markOf(one.rows[0]!, level, piece),
        ] as const,
    );
    for (const [from, to, all, single] of found) {
      const touches = to > 5_000 && from < 10_000;
      expect(all).toBe(touches ? CHOSEN : PLAIN);
      expect(single).toBe(from <= 7_777 && to > 7_777 ? CHOSEN : touches ? BESIDE : PLAIN);
    }
  }
});

test("the next failure comes after the chosen one, and after the last the first", () => {
  const { rows } = packRows(few, new Map());
  const after = (...entries: string[][]) => failureAfter(rows, markingOf(rows, entries));
  expect(after()).toEqual(["g", "m"]);
  expect(after(["g", "m"])).toEqual(["b"]);
  expect(after(["b"])).toEqual(["g", "m"]);
  expect(after(["a"])).toEqual(["g", "m"]);
  expect(failureAfter(packRows({ ...few, state: new Uint8Array(5) }, new Map()).rows, null)).toBeNull();
});

test("of a chosen group the first failure is next", () => {
  const { rows } = packRows(spans(["a", "g", "m", "n"], [0, 1, 1, 1], ["g"], [0, 2, 3]), new Map());
  expect(failureAfter(rows, markingOf(rows, [["g"]]))).toEqual(["g", "m"]);
});
