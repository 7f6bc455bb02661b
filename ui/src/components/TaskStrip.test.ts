import { expect, test } from "vitest";
import { columnsOf } from "./TaskStrip";

test("the highest part fills the strip, and a single failure in it is still seen", () => {
  const columns = columnsOf([
    { part: 0, state_type: "COMPLETED", count_runs: 10 },
    { part: 3, state_type: "COMPLETED", count_runs: 999 },
    { part: 3, state_type: "FAILED", count_runs: 1 },
  ]);
  expect(columns[0]!.height).toBe(3);
  expect(columns[1]!.from + columns[1]!.height).toBeGreaterThan(19);
  expect(columns.every(({ from, height }) => height >= 0 && from + height <= 20)).toBe(true);
});
