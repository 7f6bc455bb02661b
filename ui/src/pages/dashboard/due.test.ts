import { expect, test } from "vitest";
import { alreadyDue } from "./due";

const NOW = Date.UTC(2022, 5, 15, 4);
const range = (after_: string, before_: string) => ({
  flow_runs: { tags: { all_: ["ml"] }, expected_start_time: { after_, before_ } },
});

test("what is still to come is not late", () =>
  expect(alreadyDue(range("2022-06-14T04:00:00.000Z", "2022-06-16T04:00:00.000Z"), NOW)).toEqual(
    range("2022-06-14T04:00:00.000Z", "2022-06-15T04:00:00.000Z"),
  ));

test("a time that is over stays as it is", () => {
  const over = range("2022-06-10T00:00:00.000Z", "2022-06-11T00:00:00.000Z");
  expect(alreadyDue(over, NOW)).toEqual(over);
});

test("without a time everything up to now is asked for", () =>
  expect(alreadyDue({}, NOW)).toEqual({ flow_runs: { expected_start_time: { before_: "2022-06-15T04:00:00.000Z" } } }));
