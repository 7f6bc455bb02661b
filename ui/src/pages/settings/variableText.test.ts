import { expect, test } from "vitest";
import { formatVariable, parseVariable } from "./variableText";

test.each([["plain text"], ["7"], ["true"], ['"quoted"'], [""], [7], [null], [{ usd: 1.1, list: [1, "2"] }]])(
  "%j is read as what it was",
  (value) => expect(parseVariable(formatVariable(value))).toEqual(value),
);

test("text without a meaning in JSON stands without quotes", () =>
  expect(formatVariable("plain text")).toBe("plain text"));
