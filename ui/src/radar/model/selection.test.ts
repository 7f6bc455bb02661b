import { expect, test } from "vitest";
import { aimOf, choiceOf, parseEntries, formatEntries, toggleEntry } from "./selection";

const drawn = new Map([
  ["a", 0],
  ["g", 1],
  ["s", 2],
  ["x", 3],
]);
const told = (way: string) => {
  const found = choiceOf(parseEntries(way)[0]!, drawn);
  return found && [found.node, found.member];
};

test("what the address says is read and written again", () => {
  expect(parseEntries("a,g~m,s~g~m")).toEqual([["a"], ["g", "m"], ["s", "g", "m"]]);
  expect(formatEntries(parseEntries("a,g~m"))).toBe("a,g~m");
  expect([parseEntries(undefined), parseEntries(","), parseEntries("~")]).toEqual([[], [], []]);
  expect(formatEntries([])).toBeUndefined();
});

test("an id alone is its node, as in links from before", () => {
  expect(told("a")).toEqual([0, null]);
  expect(told("gone")).toBeNull();
});

test("a member belongs to its group's node, the first one too, which has the group's id", () => {
  expect(told("g~m")).toEqual([1, "m"]);
  expect(told("g~g")).toEqual([1, "g"]);
  expect(told("g")).toEqual([1, null]);
});

test("what ran in a subflow belongs to its node, or to its own once that is drawn", () => {
  expect(told("s~y")).toEqual([2, "y"]);
  expect(told("s~x")).toEqual([3, null]);
  expect(told("s~g~m")).toEqual([1, "m"]);
  expect(told("s~h~m")).toEqual([2, "m"]);
});

test("a member that has become a node of its own is that node", () => expect(told("h~a")).toEqual([0, null]));

test("the first member is told from its group", () => {
  expect(aimOf(["g"])).toEqual({ id: "g", isOne: false });
  expect(aimOf(["g", "g"])).toEqual({ id: "g", isOne: true });
});

test("choosing one more adds it, and once more takes it away", () => {
  expect(toggleEntry([["a"]], ["g", "m"])).toEqual([["a"], ["g", "m"]]);
  expect(toggleEntry([["a"], ["g", "m"]], ["g", "m"])).toEqual([["a"]]);
  expect(toggleEntry([["g", "m"]], ["g", "n"])).toEqual([
    ["g", "m"],
    ["g", "n"],
  ]);
});

test("one of a chosen group narrows it, and the group takes in what was chosen of it", () => {
  expect(toggleEntry([["a"], ["g"]], ["g", "m"])).toEqual([["a"], ["g", "m"]]);
  expect(
    toggleEntry(
      [
        ["g", "m"],
        ["g", "n"],
      ],
      ["g"],
    ),
  ).toEqual([["g"]]);
});
