import { expect, test } from "vitest";
import { criteriaOf, faultOf, momentOf, rangeOf, taskRunCriteriaOf } from "./criteria";
import { formatTokens, parseTokens, replaceTokens, toggleToken } from "./tokens";

const NOW = Date.UTC(2022, 5, 15, 4);

test.each([
  'state:failed deployment:"deploy staging" dove',
  "tag:a tag:b",
  '"say \\"hi\\""',
  '"state:x y"',
  "after:-3d before:2022-06-15",
])("%s reads as it was written", (text) => {
  const tokens = parseTokens(text);
  expect(parseTokens(formatTokens(tokens))).toEqual(tokens);
});

test("keys, quotes and names are told apart", () => {
  expect(parseTokens('State:failed deployment:"deploy staging" dove colour:red')).toEqual([
    { key: "state", value: "failed" },
    { key: "deployment", value: "deploy staging" },
    { key: "name", value: "dove" },
    { key: "name", value: "colour:red" },
  ]);
});

test("a token is put in and taken out", () => {
  const failed = { key: "state", value: "FAILED" } as const;
  expect(toggleToken("dove", failed)).toBe("dove state:FAILED");
  expect(toggleToken("dove state:failed", failed)).toBe("dove");
  expect(replaceTokens("state:failed after:-1d dove", "after", ["-2d"])).toBe("state:failed dove after:-2d");
});

test("without times the filters look a day back and a day ahead", () => {
  const { start, end } = rangeOf([], NOW, "UTC");
  expect([start.toISOString(), end.toISOString()]).toEqual(["2022-06-14T04:00:00.000Z", "2022-06-16T04:00:00.000Z"]);
  expect(momentOf("+12h", NOW, "UTC")?.toISOString()).toBe("2022-06-15T16:00:00.000Z");
});

test.each([
  ["2022-06-15", "2022-06-14T15:00:00.000Z"],
  ["2022-06-15T03:51", "2022-06-14T18:51:00.000Z"],
  ["2022-06-15T03:51:07", "2022-06-14T18:51:07.000Z"],
  ["2022-06-15T03:51Z", "2022-06-15T03:51:00.000Z"],
  ["2022-06-15T03:51+02:00", "2022-06-15T01:51:00.000Z"],
])("%s is %s where the clocks of Tokyo are shown", (text, moment) => {
  expect(momentOf(text, NOW, "Asia/Tokyo")?.toISOString()).toBe(moment);
  expect(rangeOf(parseTokens(`after:${text}`), NOW, "Asia/Tokyo").start.toISOString()).toBe(moment);
});

test.each(["2022-06-15T", "2022-06-15T25:00", "2022-06-15 noon", "15.6.2022"])("%s is no time", (text) =>
  expect(momentOf(text, NOW, "UTC")).toBeNull(),
);

test("states go by type or by name", () => {
  expect(criteriaOf(parseTokens("state:failed state:late"), NOW, "UTC").flow_runs?.state).toEqual({
    operator: "or_",
    type: { any_: ["FAILED"] },
    name: { any_: ["Late"] },
  });
});

test("a name has every word, wherever it stands in it", () => {
  expect(criteriaOf(parseTokens('dove "deep sea"'), NOW, "UTC").flow_runs?.name).toEqual({
    all_like_: ["dove", "deep sea"],
  });
});

const TIME = { expected_start_time: { after_: "2022-06-14T04:00:00.000Z", before_: "2022-06-16T04:00:00.000Z" } };
const FAILED = { state: { operator: "or_", type: { any_: ["FAILED"] } } };

test.each([
  ["", { flow_runs: TIME }, { flow_runs: TIME }],
  ["state:failed", { flow_runs: { ...TIME, ...FAILED } }, { flow_runs: TIME, task_runs: FAILED }],
  [
    "tag:ml",
    { flow_runs: { ...TIME, tags: { all_: ["ml"] } } },
    { flow_runs: TIME, task_runs: { tags: { all_: ["ml"] } } },
  ],
  [
    "load",
    { flow_runs: { ...TIME, name: { all_like_: ["load"] } } },
    { flow_runs: TIME, task_runs: { name: { all_like_: ["load"] } } },
  ],
  [
    "flow:etl",
    { flow_runs: TIME, flows: { name: { any_: ["etl"] } } },
    { flow_runs: TIME, flows: { name: { any_: ["etl"] } } },
  ],
  [
    "deployment:d",
    { flow_runs: TIME, deployments: { name: { any_: ["d"] } } },
    { flow_runs: TIME, deployments: { name: { any_: ["d"] } } },
  ],
])(
  "%s is about what is listed: state, tag and name its own, flow and time those of its flow run",
  (text, flowRuns, taskRuns) => {
    expect(criteriaOf(parseTokens(text), NOW, "UTC")).toEqual(flowRuns);
    expect(taskRunCriteriaOf(parseTokens(text), NOW, "UTC")).toEqual(taskRuns);
  },
);

test("what means nothing says what would", () => {
  expect(faultOf({ key: "after", value: "yesterday" }, NOW, "UTC")).toContain("2022-06-15");
  expect(faultOf({ key: "state", value: "broken" }, NOW, "UTC")).toContain("broken");
  expect(faultOf({ key: "tag", value: "ml" }, NOW, "UTC")).toBeNull();
});
