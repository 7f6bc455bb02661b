import { expect, test } from "vitest";
import { clock, duration, moment, relative } from "./format";

test.each([
  [0, "0 s"],
  [0.0004, "1 ms"],
  [0.05, "50 ms"],
  [0.4, "0.4 s"],
  [9.96, "10 s"],
  [59.6, "1m"],
  [185, "3m 5s"],
  [7440, "2h 4m"],
  [262_800, "3d 1h"],
  [-90, "−1m 30s"],
  [null, "–"],
])("%s seconds read %s", (seconds, words) => expect(duration(seconds)).toBe(words));

test("what is near in time is told from now", () => {
  const now = Date.UTC(2022, 5, 15, 4);
  expect(relative("2022-06-15T03:51:00Z", now)).toBe("9m ago");
  expect(relative("2022-06-15T04:00:30Z", now)).toBe("in 30 s");
  expect(relative("2022-06-15T04:00:00Z", now)).toBe("now");
});

test("a moment is told in the zone asked for", () => {
  expect(moment("2022-06-15T03:51:00Z", "UTC")).toBe("Jun 15, 2022, 03:51:00");
  expect(clock("2022-06-15T03:51:00.042Z", "Asia/Kolkata", true)).toBe("09:21:00.042");
});
