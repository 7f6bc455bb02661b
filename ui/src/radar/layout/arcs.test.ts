import { expect, test } from "vitest";
import { type Arc, assignLanes } from "./arcs";

const arcs = (...spans: [from: number, to: number][]): Arc[] =>
  spans.map(([from, to], source) => ({
    source,
    low: Math.min(from, to),
    high: Math.max(from, to),
    toRight: to > from,
  }));

/** Each meets the next. */
const stair = (steps: number): [number, number][] =>
  Array.from({ length: steps }, (_, at) => [at * 0.1, at * 0.1 + 0.15]);

test("of two that go the same way and meet, the one from farther back lies farther out", () => {
  expect([...assignLanes(arcs([0, 1], [0.5, 1.5]), 40).lanes]).toEqual([1, 0]);
  expect([...assignLanes(arcs([1, 0], [1.5, 0.5]), 40).lanes]).toEqual([0, 1]);
  expect([...assignLanes(arcs([6, 7], [6.5, 7.5]), 40).lanes]).toEqual([1, 0]); // over a full turn
});

test("those that do not meet share a lane, and the two ways from one vertex do", () => {
  expect(assignLanes(arcs([0, 0.5], [1, 1.5], [3, 2]), 40).many).toBe(1);
  const [right, left] = arcs([1, 2], [1, 0]);
  expect(assignLanes([right!, { ...left!, source: right!.source }], 40).many).toBe(1);
});

test("those that go opposite ways and meet have lanes of their own", () => {
  const { lanes } = assignLanes(arcs([0, 2], [3, 1]), 40);
  expect(lanes[0]).not.toBe(lanes[1]);
});

test("a stair takes a lane for each step while they can be told apart, and else the fewest", () => {
  expect([...assignLanes(arcs(...stair(10)), 40).lanes]).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  expect(assignLanes(arcs(...stair(50)), 40).many).toBeLessThanOrEqual(3);
});

test("corners have room up to the next lane that is taken", () => {
  const { lanes, inside, outside } = assignLanes(arcs([0, 1], [0.5, 1.5], [4, 5]), 40);
  expect([...lanes]).toEqual([1, 0, 0]);
  expect([...inside]).toEqual([1, 1, 1]);
  expect([...outside]).toEqual([1, 1, 2]);
});
