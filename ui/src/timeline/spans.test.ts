import { expect, test } from "vitest";
import { timesOf } from "./SpanFacts";
import type { Spans } from "./spans";

const spans = {
  origin: 0,
  start: Float64Array.of(10, 5),
  end: Float64Array.of(100, Number.NaN),
  created: Float64Array.of(4, 5),
  triesFrom: Uint32Array.of(0, 2, 2),
  tryStart: Float64Array.of(10, 80),
  tryEnd: Float64Array.of(20, 100),
} as unknown as Spans;

test("waiting is told apart from running", () => {
  expect(timesOf(spans, 0, 0)).toEqual({ before: 6, whole: 90, between: 60, tries: 2 });
  expect(timesOf(spans, 1, 25)).toEqual({ before: 0, whole: 20, between: 0, tries: 1 });
});
