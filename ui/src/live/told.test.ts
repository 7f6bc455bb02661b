import { expect, test } from "vitest";
import { withRecord } from "./told";

test("a record takes its own place, or the last one", () => {
  expect(
    withRecord(
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
  expect(withRecord([{ name: "late", loops: 1 }], { id: "reaper", record: { name: "reaper", loops: 1 } })).toHaveLength(
    2,
  );
});

test("a page keeps the rest of what it says", () => {
  expect(
    withRecord({ items: [{ id: "a", slots: 1 }], after: null }, { id: "a", record: { id: "a", slots: 2 } }),
  ).toEqual({ items: [{ id: "a", slots: 2 }], after: null });
});

test("what is gone leaves the list; what was never read stays unread", () => {
  expect(withRecord([{ id: "a" }], { id: "a", record: null })).toEqual([]);
  expect(withRecord(undefined, { id: "a", record: { id: "a" } })).toBeUndefined();
});
