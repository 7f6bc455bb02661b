import { expect, test } from "vitest";
import { says } from "./says";

test.each([
  ["Retry the run from its failure", "failure retry", true],
  ["Retry the run from its failure", "", true],
  ["Retry the run from its failure", "retry task", false],
])("%s is found by %j: %s", (label, typed, found) => expect(says(label, typed)).toBe(found));
