import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { StateType } from "../api/types";
import { firstPiece, levelFor, levelsOf, memberOf } from "./mipmaps";
import type { SpanRow } from "./packing";
import type { Spans } from "./spans";

const STATES: StateType[] = ["COMPLETED", "FAILED"];

function row(lengths: readonly number[], failed: ReadonlySet<number> = new Set(), gap = 1): SpanRow {
  let now = 0;
  const start: number[] = [];
  const end: number[] = [];
  for (const length of lengths) {
    start.push(now);
    end.push((now += length));
    now += gap;
  }
  const spans = {
    start: Float64Array.from(start),
    end: Float64Array.from(end),
    state: Uint8Array.from(lengths, (_, at) => Number(failed.has(at))),
    states: STATES,
  } as unknown as Spans;
  return { spans, members: Int32Array.from(lengths.keys()), depth: 0, above: [] };
}

test("every level covers what ran, and adds less than its grain", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.01, max: 50, noNaN: true }), { minLength: 300, maxLength: 600 }),
      (lengths) => {
        const given = row(lengths);
        return levelsOf(given, 1).every(({ grain, start, end }) =>
          given.members.every((at) => {
            const piece = start.findLastIndex((from) => from <= given.spans.start[at]!);
            return (
              end[piece]! >= given.spans.end[at]! &&
              (end[piece]! - start[piece]! <= grain || end[piece] === given.spans.end[at])
            );
          }),
        );
      },
    ),
  );
});

test("a failure among thousands is seen at every level", () => {
  for (const { state } of levelsOf(
    row(
      Array.from({ length: 20_000 }, () => 1),
      new Set([7_777]),
    ),
    1,
  ))
    expect(state.includes(1)).toBe(true);
});

test("a hundred thousand spans take about as many pieces as there are pixels, and a millisecond its spans", () => {
  const levels = levelsOf(row(Array.from({ length: 100_000 }, () => 1)), 0.5);
  expect(levelFor(levels, 200_000 / 1200).start.length).toBeLessThan(10_000);
  const finest = levelFor(levels, 1 / 1200);
  expect(finest.start.length).toBe(100_000);
  expect(finest.start[firstPiece(finest, 10_000.5)]).toBe(10_000);
});

test("the pieces of every level have all spans between them, in order, and know whether they are one", () => {
  const given = row(Array.from({ length: 5_000 }, (_, at) => (at % 100 ? 0.1 : 40)));
  for (const level of levelsOf(given, 1)) {
    expect([level.first[0], level.first.at(-1)]).toEqual([0, 5_000]);
    level.start.forEach((start, piece) => {
      const [from, to] = [level.first[piece]!, level.first[piece + 1]!];
      expect(given.spans.start[from]).toBe(start);
      expect(memberOf(given, level, piece)).toBe(to - from === 1 ? from : -1);
    });
  }
});
