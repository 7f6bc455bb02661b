import { expect, test } from "vitest";
import { elapsedSeconds } from "./elapsed";

const START = "2022-06-15T04:00:00Z";
const LATER = Date.parse(START) + 90_000;

test("a run takes from its start to its end, whatever it did meanwhile", () => {
  expect(elapsedSeconds({ start_time: START, end_time: "2022-06-15T04:00:03Z" }, LATER)).toBe(3);
});

test("what has not ended takes until now, and what has not started nothing", () => {
  expect(elapsedSeconds({ start_time: START, end_time: null }, LATER)).toBe(90);
  expect(elapsedSeconds({ start_time: null, end_time: null }, LATER)).toBeNull();
  expect(elapsedSeconds({ start_time: START, end_time: null }, 0)).toBe(0); // a clock that is behind
});
