import { expect, test } from "vitest";
import { tryWords } from "./tries";

test.each([
  [1, 1, null],
  [2, 1, "in attempt 2"],
  [1, 3, "in try 3"],
  [2, 3, "in attempt 2, try 3"],
])("attempt %d, try %d: %s", (attempt, flow_run_count, words) =>
  expect(tryWords({ attempt, flow_run_count })).toBe(words),
);
