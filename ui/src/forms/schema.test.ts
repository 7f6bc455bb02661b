import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { JsonObject } from "../api/types";
import { fieldsOf, fieldText, parseField } from "./schema";

interface Case {
  name: string;
  schema: JsonObject;
  value: JsonObject;
}

const corpus = JSON.parse(readFileSync(new URL("corpus.json", import.meta.url), "utf8")) as Case[];

test("the corpus has sixty models", () => expect(corpus.length).toBeGreaterThanOrEqual(60));

test.each(corpus.map((each) => [each.name, each] as const))(
  "%s goes through its form unchanged",
  (_, { schema, value }) => {
    const fields = fieldsOf(schema);
    expect(fields.map((field) => field.name).sort()).toEqual(Object.keys(value).sort());
    for (const field of fields) {
      const given = value[field.name];
      const back = parseField(field, fieldText(field, given));
      // null in a field that may be left empty is its own default
      expect(back === undefined && given === null ? null : back).toEqual(given);
    }
  },
);

test("an empty field leaves the flow its default, unless it is needed", () => {
  const [field, other] = fieldsOf({
    properties: { rows: { type: "integer", default: 3 }, name: { type: "integer" } },
    required: ["name"],
  });
  expect(parseField(field!, "")).toBeUndefined();
  expect(() => parseField(other!, "")).toThrow("Required");
});

test.each([
  ["integer", "three", "whole number"],
  ["number", "x", "number"],
  ["array", "[1,", "JSON"],
])("a wrong %s says what would be right", (type, text, words) => {
  const [field] = fieldsOf({ properties: { it: { type } } });
  expect(() => parseField(field!, text)).toThrow(words);
});

test("an unknown schema and one that refers to itself still have a field", () => {
  const schema = {
    properties: {
      odd: { "x-unknown": true },
      self: { $ref: "#/properties/self" },
      gone: { $ref: "#/nowhere" },
      never: false,
      none: null,
    },
  };
  expect(fieldsOf(schema).map((field) => field.kind)).toEqual(["json", "json", "json", "json", "json"]);
});
