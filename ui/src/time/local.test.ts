import { expect, test } from "vitest";
import { fieldOf, filterTime, momentIn } from "./local";

test.each([
  ["2022-06-15T03:51", "Asia/Tokyo", "2022-06-14T18:51:00.000Z"],
  ["2024-03-31T03:30", "Europe/Berlin", "2024-03-31T01:30:00.000Z"],
  ["2024-10-27T12:00", "Europe/Berlin", "2024-10-27T11:00:00.000Z"],
])("%s in %s is %s, and is shown as it was written", (text, zone, moment) => {
  expect(momentIn(text, zone)?.toISOString()).toBe(moment);
  expect(fieldOf(new Date(moment), zone)).toBe(text);
});

test("a field that is empty says no moment", () => expect(momentIn("", "UTC")).toBeNull());

test("filters go by the minute", () =>
  expect(filterTime(new Date("2022-06-15T03:51:07.123Z"))).toBe("2022-06-15T03:51Z"));
