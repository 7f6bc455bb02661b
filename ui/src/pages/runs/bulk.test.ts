import { expect, test } from "vitest";
import { leftOutWords, outcomeOf, scopeOf, VERBS } from "./bulk";

const [retry, cancel, remove] = VERBS as [(typeof VERBS)[0], (typeof VERBS)[0], (typeof VERBS)[0]];
const NONE = new Set<string>();

test("without a state in the filter, what has gone well is not run again, and what has ended is not cancelled", () => {
  const filter = { flow_runs: { tags: { all_: ["ml"] } } };
  expect(scopeOf(retry, filter, NONE).flow_runs).toEqual({
    tags: { all_: ["ml"] },
    state: { type: { any_: ["FAILED", "CRASHED"] } },
  });
  expect(scopeOf(cancel, filter, NONE).flow_runs?.state?.type?.any_).not.toContain("COMPLETED");
  expect(scopeOf(remove, filter, NONE)).toBe(filter);
});

test("who says which states or which runs is taken at their word", () => {
  const filter = { flow_runs: { state: { type: { any_: ["COMPLETED" as const] } } } };
  expect(scopeOf(retry, filter, NONE)).toBe(filter);
  expect(scopeOf(retry, filter, new Set(["a"]))).toEqual({ flow_runs: { id: { any_: ["a"] } } });
});

test("what is listed but not meant, and what is still to come, is told before anything is done", () => {
  expect(leftOutWords(cancel, { listed: 14, matched: 2, upcoming: 99 })).toBe(
    "Left out: 12 that have ended or are being cancelled, and 99 that are upcoming.",
  );
  expect(leftOutWords(remove, { listed: 71, matched: 71, upcoming: 1 })).toBe("Left out: 1 that is upcoming.");
  expect(leftOutWords(retry, { listed: 3, matched: 3, upcoming: 0 })).toBeNull();
});

test("what is refused or left is said", () => {
  expect(outcomeOf({ matched: 2, done: 1, refused: [{ flow_run_id: "a", detail: "It runs." }] })).toBe(
    "1 run done, 1 run refused: It runs.",
  );
  expect(outcomeOf({ matched: 12_000, done: 10_000, refused: [] })).toBe("10,000 runs done, 2,000 not processed yet.");
});
