import { expect, test } from "vitest";
import { entryOf, packRows } from "./packing";
import type { Spans } from "./spans";

function spans(origin: number, given: [id: string, start: number, end: number][]): Spans {
  const group = new Uint32Array(given.length);
  return {
    origin,
    group,
    groups: [],
    count: given.length,
    ids: given.map(([id]) => id),
    start: Float64Array.from(given, ([, start]) => start),
    end: Float64Array.from(given, ([, , end]) => end),
  } as unknown as Spans;
}

const ids = (of: ReturnType<typeof packRows>) =>
  of.rows.map(({ spans: { ids: names }, members, depth }) => [depth, ...Array.from(members, (at) => names[at]!)]);

test("what ran in an opened subflow lies right below it", () => {
  const outer = spans(1000, [
    ["sub", 0, 10],
    ["after", 11, 20],
    ["beside", 12, 15],
  ]);
  const inner = spans(1001, [
    ["x", 0, 4],
    ["y", 1, 5],
    ["z", 5, 8],
  ]);
  const both = packRows(outer, new Map([["sub", inner]]));
  expect(ids(both)).toEqual([
    [0, "sub", "after"],
    [1, "x", "z"],
    [1, "y"],
    [0, "beside"],
  ]);
  expect([both.from, both.to]).toEqual([1000, 1020]);
});

test("the way to a span leads by its subflow and its group", () => {
  const outer = spans(0, [
    ["s1", 0, 10],
    ["s2", 11, 20],
  ]);
  const inner = {
    ...spans(0, [
      ["x", 0, 4],
      ["y", 5, 6],
    ]),
    group: Uint32Array.of(0, 1),
    groups: ["g"],
  };
  const { rows } = packRows({ ...outer, group: Uint32Array.of(1, 1), groups: ["s1"] }, new Map([["s2", inner]]));
  expect(rows.flatMap((row) => Array.from(row.members, (at) => entryOf(row, at).join("~")))).toEqual([
    "s1~s1",
    "s1~s2",
    "s1~s2~x",
    "s1~s2~g~y",
  ]);
});

test("what has not ended keeps its row, and what has not started has none", () => {
  expect(
    ids(
      packRows(
        spans(0, [
          ["running", 0, Number.NaN],
          ["next", 5, 6],
          ["waits", Number.NaN, Number.NaN],
        ]),
        new Map(),
      ),
    ),
  ).toEqual([
    [0, "running"],
    [0, "next"],
  ]);
});

test("a subflow that holds itself, as only bad data has, ends", () => {
  const self = spans(0, [["s", 0, 1]]);
  expect(packRows(self, new Map([["s", self]])).rows.length).toBeLessThan(4);
});
