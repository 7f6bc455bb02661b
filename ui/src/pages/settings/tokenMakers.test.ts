import { expect, test } from "vitest";
import type { ApiToken } from "../../api/types";
import { madeBy, madeWith } from "./tokenMakers";

const token = (id: string, made_by: string | null, revoked: string | null = null): ApiToken => ({
  id,
  name: `token ${id}`,
  scope: "admin",
  created: "2026-01-01T00:00:00Z",
  expires: null,
  last_used: null,
  revoked,
  made_by,
});
const ALL = [
  token("d", "c"),
  token("c", "b", "2026-01-02T00:00:00Z"),
  token("b", "a"),
  token("a", "home"),
  token("e", "home"),
  token("f", null),
  token("g", "f"),
];

test.each([
  ["a", "the home\u2019s own token"],
  ["b", "token a"],
  ["f", "unknown"],
])("token %s was made by %s", (id, maker) => {
  expect(
    madeBy(
      ALL.find((each) => each.id === id)!,
      ALL,
    ),
  ).toBe(maker);
});

test.each([
  ["a", ["b", "d"]],
  ["b", ["d"]],
  ["d", []],
  ["e", []],
  ["f", ["g"]],
])("with token %s were made %j, whatever their order and though one between was revoked", (id, made) => {
  expect(
    madeWith(
      ALL.find((each) => each.id === id)!,
      ALL,
    )
      .map((each) => each.id)
      .sort(),
  ).toEqual(made);
});

test("tokens that made one another end the search", () => {
  const circle = [token("a", "b"), token("b", "a")];
  expect(madeWith(circle[0]!, circle).map((each) => each.id)).toEqual(["b"]);
});
