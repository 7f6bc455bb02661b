import { expect, test } from "vitest";
import type { LogLine } from "../api/types";
import { partBefore, partOf } from "./pages";

const lines = (...ordinals: number[]): LogLine[] => ordinals.map((ordinal) => ({ ordinal }) as LogLine);

test("the log's end is known although its last lines were filtered out", () => {
  expect(partOf(lines(3), { before: 2 ** 52 }, 90, 2).upto).toBe(90);
  expect(partOf([], { before: 2 ** 52 }, 90, 2).upto).toBe(90);
  expect(partOf([], { after: 50 }, 90, 2).upto).toBe(90);
});

test("a part that is full says nothing of what comes behind it", () => {
  expect(partOf(lines(51, 52), { after: 50 }, 90, 2).upto).toBe(52);
});

test("a part around a line ends where it was asked to", () => {
  expect(partOf(lines(8, 9), { before: 10 }, 90, 2).upto).toBe(9);
  expect(partOf(lines(8, 9), { before: 10 }, 7, 2).upto).toBe(9);
});

test("going back ends at the log's beginning", () => {
  expect(partBefore({ lines: lines(4, 5), upto: 5 }, { before: 6 }, 2)).toEqual({ before: 4 });
  expect(partBefore({ lines: lines(0), upto: 5 }, { before: 1 }, 2)).toBeUndefined();
  expect(partBefore({ lines: lines(4, 5), upto: 5 }, { after: 3 }, 2)).toBeUndefined();
});
