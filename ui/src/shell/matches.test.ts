import { expect, test } from "vitest";
import { matches } from "./matches";

test.each([
  ["Retry the run from its failure", "failure retry", true],
  ["Retry the run from its failure", "", true],
  ["Retry the run from its failure", "retry task", false],
])("%s is found by %j: %s", (label, typed, found) => expect(matches(label, typed)).toBe(found));
