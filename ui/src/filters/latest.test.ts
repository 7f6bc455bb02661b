import { expect, test } from "vitest";
import { criteriaOf } from "./criteria";
import { latestRuns } from "./latest";
import { parseTokens } from "./tokens";

const NOW = Date.UTC(2022, 5, 15, 4);
const listed = (text: string) => latestRuns(parseTokens(text), criteriaOf(parseTokens(text), NOW, "UTC"), NOW, "UTC");

test("what is still to come is left out, and told apart", () => {
  const { criteria, upcoming, sort } = listed("tag:ml");
  expect(criteria.flow_runs).toMatchObject({
    tags: { all_: ["ml"] },
    expected_start_time: { after_: "2022-06-14T04:00:00.000Z", before_: "2022-06-15T04:01:10.000Z" },
  });
  expect(upcoming?.flow_runs).toMatchObject({
    tags: { all_: ["ml"] },
    expected_start_time: { after_: "2022-06-15T04:01:10.000Z", before_: "2022-06-16T04:00:00.000Z" },
  });
  expect(sort).toBe("EXPECTED_START_TIME_DESC");
});

test("who asks for a state or for another time gets all of it", () => {
  for (const text of ["state:late", "after:+2h", "before:-1h after:-3d"]) {
    expect(listed(text).upcoming).toBeNull();
    expect(listed(text).criteria).toEqual(criteriaOf(parseTokens(text), NOW, "UTC"));
  }
});

test("of scheduled runs the next one comes first", () => {
  expect(listed("state:scheduled").sort).toBe("EXPECTED_START_TIME_ASC");
  expect(listed("state:scheduled state:late").sort).toBe("EXPECTED_START_TIME_DESC");
});
