import { expect, test } from "vitest";
import { patchRecord } from "./patchRecord";

test("a record takes its own place, or the last one", () => {
  expect(
    patchRecord(
      [
        { id: "a", held: 0 },
        { id: "b", held: 1 },
      ],
      { id: "a", record: { id: "a", held: 2 } },
    ),
  ).toEqual([
    { id: "a", held: 2 },
    { id: "b", held: 1 },
  ]);
  expect(
    patchRecord([{ name: "late", loops: 1 }], { id: "reaper", record: { name: "reaper", loops: 1 } }),
  ).toHaveLength(2);
});

test("a page keeps the rest of what it says", () => {
  expect(
    patchRecord({ items: [{ id: "a", slots: 1 }], after: null }, { id: "a", record: { id: "a", slots: 2 } }),
  ).toEqual({ items: [{ id: "a", slots: 2 }], after: null });
});

test("what is gone leaves the list; what was never read stays unread", () => {
  expect(patchRecord([{ id: "a" }], { id: "a", record: null })).toEqual([]);
  expect(patchRecord(undefined, { id: "a", record: { id: "a" } })).toBeUndefined();
});
