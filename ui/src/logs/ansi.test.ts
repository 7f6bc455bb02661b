import { expect, test } from "vitest";
import { parseAnsi } from "./ansi";

const told = (text: string) => parseAnsi(text).map(({ text, colour, bold }) => [text, colour, bold]);

test("plain text is one part", () => expect(told("a < b")).toEqual([["a < b", null, false]]));

test("colours and weights are read, and reset", () => {
  expect(told("\u001b[1;31mbad\u001b[0m fine \u001b[92mgreen")).toEqual([
    ["bad", 1, true],
    [" fine ", null, false],
    ["green", 10, false],
  ]);
});

test("lines and colours that change places are read, and taken back", () => {
  const parts = parseAnsi("\u001b[7minverse\u001b[27;9mstruck\u001b[29mplain").map(({ text, inverse, struck }) => [
    text,
    inverse,
    struck,
  ]);
  expect(parts).toEqual([
    ["inverse", true, false],
    ["struck", false, true],
    ["plain", false, false],
  ]);
});

test("256 and true colours become hexadecimal", () => {
  expect(told("\u001b[38;5;196mx\u001b[38;2;1;2;3my\u001b[38;5;250mz\u001b[38:5:9mw")).toEqual([
    ["x", "#ff0000", false],
    ["y", "#010203", false],
    ["z", "#bcbcbc", false],
    ["w", 9, false],
  ]);
});

test("what moves the cursor, makes links or is broken shows nothing and harms nothing", () => {
  expect(
    told("a\u001b[2Kb\u001b]8;;javascript:alert(1)\u0007c\u001b]0;title\u001b\\d\u001b[38;5;999me\u001b["),
  ).toEqual([
    ["a", null, false],
    ["b", null, false],
    ["c", null, false],
    ["d", null, false],
    ["e", null, false],
  ]);
});

test.each(["\u001b[?25l", "\u001b(B", "\u001b[1 q", "\u001b[38;5;1m", "\u001b7", "\u001b]8;;x\u0007"])(
  "%j is not shown",
  (code) => {
    expect(parseAnsi(`a${code}b`).map(({ text }) => text)).toEqual(["a", "b"]);
  },
);
