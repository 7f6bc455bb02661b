import { expect, test } from "vitest";
import { failuresFirst, gridFor } from "./heat";

test("failures come first, and what is alike keeps its order", () => {
  const letters = { a: "COMPLETED", b: "FAILED", c: "RUNNING", d: "CANCELLED", e: "CRASHED" } as const;
  expect(failuresFirst("acbdeb", letters)).toEqual([
    "FAILED",
    "FAILED",
    "CRASHED",
    "CANCELLED",
    "COMPLETED",
    "RUNNING",
  ]);
});

test("ten thousand members are a hundred by a hundred cells of six pixels", () => {
  expect(gridFor(10_000, 600)).toEqual({ columns: 100, cell: 6 });
  expect(gridFor(120, 600).cell).toBeGreaterThan(6);
});
