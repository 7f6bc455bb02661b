import { expect, test } from "vitest";
import { axisMarks, niceStep } from "./axis";

test("marks are round, in sight, and as exact as they lie near one another", () => {
  const found = axisMarks(1_000_000, 1_000_001, 999_990, 1200, "UTC");
  expect(found.length).toBeGreaterThan(4);
  expect(found.every(({ at }) => at >= 0 && at < 1)).toBe(true);
  expect(new Set(found.map(({ since }) => since)).size).toBe(found.length);
  expect(
    axisMarks(0, 3_600_000, 0, 1200, "UTC")
      .map(({ since }) => since)
      .slice(0, 3),
  ).toEqual(["0", "+10m", "+20m"]);
});

test("a step is never less than asked for", () => {
  for (const least of [0.003, 7, 86_400_001]) expect(niceStep(least)).toBeGreaterThanOrEqual(least);
});
