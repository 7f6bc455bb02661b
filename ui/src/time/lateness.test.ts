import { expect, test } from "vitest";
import { latenessSeconds } from "./lateness";

const NOW = Date.UTC(2022, 5, 15, 4);
const late = (start: string | null, end: string | null = null) =>
  latenessSeconds({ expected_start_time: "2022-06-15T03:00:00Z", start_time: start, end_time: end }, NOW);

test("a run is late by when it began", () => expect(late("2022-06-15T03:00:09Z", "2022-06-15T03:30:00Z")).toBe(9));
test("one that has not begun is late by now", () => expect(late(null)).toBe(3600));
test("one that ended without a beginning stopped being late", () =>
  expect(late(null, "2022-06-15T03:01:00Z")).toBe(60));
test("nothing is late before its time", () => expect(late("2022-06-15T02:59:00Z")).toBe(0));
