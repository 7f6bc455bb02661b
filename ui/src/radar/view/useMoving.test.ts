import { expect, test } from "vitest";
import { between, MOST_MOVING, movesOf } from "./useMoving";

const positions = (x: number[], y: number[]) => ({
  x: Float64Array.from(x),
  y: Float64Array.from(y),
  nodeCount: x.length,
});

test("on rings a node moves around the middle, not through it", () => {
  const [x, y] = between([100, 0], [0, 100], 0.5, true);
  expect(Math.hypot(x, y)).toBeCloseTo(100);
  expect(x).toBeCloseTo(y);
  expect(between([100, 0], [0, 100], 0.5, false)).toEqual([50, 50]);
  expect(between([0, 0], [0, 100], 0.5, true)[1]).toBeCloseTo(50);
});

test("only what is elsewhere moves, and never more than a frame can bear", () => {
  const before = new Map([
    ["a", [0, 0]],
    ["b", [5, 5]],
  ] as [string, [number, number]][]);
  expect([...movesOf(["a", "b", "c"], positions([0, 9, 1], [0, 9, 1]), before)!]).toEqual([[1, [5, 5]]]);
  const ids = Array.from({ length: MOST_MOVING + 1 }, (_, at) => String(at));
  const all = new Map(ids.map((id) => [id, [0, 0]] as [string, [number, number]]));
  expect(
    movesOf(
      ids,
      positions(
        ids.map(() => 50),
        ids.map(() => 0),
      ),
      all,
    ),
  ).toBeNull();
  const most = ids.slice(1);
  expect(
    movesOf(
      most,
      positions(
        most.map(() => 50),
        most.map(() => 0),
      ),
      all,
    )?.size,
  ).toBe(MOST_MOVING);
});
