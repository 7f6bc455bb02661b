import { expect, test } from "vitest";
import { completions } from "./completions";

const KNOWN = { flows: ["staging", "main flow"], deployments: ["deploy-staging"], tags: ["ml", "nightly"] };

test("the start of a key becomes the key", () => expect(completions("de", KNOWN)[0]).toBe("deployment:"));

test("a key offers what it may have, quoted where it must be", () => {
  expect(completions("tag:", KNOWN)).toEqual(["tag:ml", "tag:nightly"]);
  expect(completions("flow:main", KNOWN)).toEqual(['flow:"main flow"']);
  expect(completions("state:Fa", KNOWN)).toEqual(["state:failed"]);
  expect(completions("after:-1", KNOWN)).toEqual(["after:-1h", "after:-12h", "after:-1d"]);
});

test("a bare word offers every token it fits", () => {
  expect(completions("stag", KNOWN)).toEqual(["flow:staging", "deployment:deploy-staging"]);
  expect(completions("late", KNOWN)).toEqual(["state:late"]);
});

test("nothing is offered for nothing, nor for a key nobody knows", () => {
  expect(completions("", KNOWN)).toEqual([]);
  expect(completions("colour:", KNOWN)).toEqual([]);
});
