import { expect, test } from "vitest";
import { calendarOf } from "./calendar";

const same = (item: string) => item;

test("items stand on their local day, in weeks from Monday", () => {
  const [week] = calendarOf(["2022-06-15T23:30:00Z"], same, "Asia/Tokyo");
  expect(week!.days.map((day) => day.date)[0]).toBe("2022-06-13");
  expect(week!.days.find((day) => day.items.length)!.date).toBe("2022-06-16");
});

test("days on which clocks change say by how much", () => {
  const changes = (at: string) =>
    calendarOf([at], same, "Europe/Berlin")
      .flatMap((week) => week.days.map((day) => day.clockChange))
      .filter(Boolean);
  expect(changes("2024-03-31T10:00:00Z")).toEqual([60]);
  expect(changes("2024-10-27T10:00:00Z")).toEqual([-60]);
  expect(changes("2024-06-15T10:00:00Z")).toEqual([]);
});

test("weeks without anything are left out", () => {
  expect(calendarOf(["2022-06-15T10:00:00Z", "2022-08-15T10:00:00Z"], same, "UTC")).toHaveLength(2);
  expect(calendarOf([], same, "UTC")).toEqual([]);
});

test.each([
  ["Australia/Sydney", "2026-10-04", 60],
  ["Australia/Sydney", "2027-04-04", -60],
  ["America/New_York", "2026-11-01", -60],
  ["Africa/Cairo", "2026-04-24", 60],
])("clocks in %s change on %s by %i minutes, and on no other day of the week", (zone, date, minutes) => {
  const [week] = calendarOf([`${date}T12:00:00Z`], (at) => at, zone);
  expect(week!.days.filter((day) => day.clockChange !== 0).map((day) => [day.date, day.clockChange])).toEqual([
    [date, minutes],
  ]);
});
