import type { JsonObject } from "../api/types";

export type Kind = "text" | "long-text" | "whole" | "number" | "switch" | "choice" | "date-time" | "date" | "json";

/** A field of a form, from one property of a JSON Schema. */
export interface FieldSpec {
  name: string;
  title: string;
  description: string;
  kind: Kind;
  required: boolean;
  nullable: boolean;
  choices: unknown[];
  fallback: unknown;
  schema: JsonObject;
}

/** The fields of an object's schema, in the order of `position` where it says one. */
export function fieldsOf(schema: JsonObject): FieldSpec[] {
  const properties = (schema["properties"] ?? {}) as Record<string, JsonObject>;
  const required = new Set((schema["required"] as string[] | undefined) ?? []);
  const position = (property: JsonObject | null) => Number(property?.["position"] ?? 0);
  return Object.entries(properties)
    .sort(([, left], [, right]) => position(left) - position(right))
    .map(([name, definition]) => {
      const property: JsonObject = typeof definition === "object" && definition !== null ? definition : {};
      const { schema: found, nullable } = settled(property, schema, property);
      return {
        name,
        title: String(property["title"] ?? name),
        description: String(property["description"] ?? found["description"] ?? ""),
        kind: kindOf(found),
        required: required.has(name),
        nullable,
        choices: choicesOf(found),
        fallback: property["default"],
        schema: found,
      };
    });
}

/** The schema behind a reference, and behind `anyOf` with null. */
function settled(
  schema: JsonObject,
  root: JsonObject,
  home: JsonObject,
  depth = 0,
): { schema: JsonObject; nullable: boolean } {
  // A schema may also be true or false: anything, or nothing at all.
  if (depth > 20 || typeof schema !== "object" || schema === null) return { schema: {}, nullable: false };
  const reference = schema["$ref"];
  if (typeof reference === "string") {
    const target = lookUp(reference, home) ?? lookUp(reference, root);
    return settled(target ?? {}, root, home, depth + 1);
  }
  const whole =
    (schema["allOf"] as JsonObject[] | undefined)?.length === 1 ? (schema["allOf"] as JsonObject[])[0] : undefined;
  if (whole) return settled(whole, root, home, depth + 1);
  const options = (schema["anyOf"] ?? schema["oneOf"]) as JsonObject[] | undefined;
  if (!options) return { schema, nullable: schema["type"] === "null" };
  const others = options.filter((option) => option["type"] !== "null");
  const nullable = others.length < options.length;
  if (others.length !== 1) return { schema: {}, nullable };
  return { schema: settled(others[0]!, root, home, depth + 1).schema, nullable };
}

function lookUp(reference: string, from: JsonObject): JsonObject | undefined {
  if (!reference.startsWith("#/")) return undefined;
  let found: unknown = from;
  for (const step of reference.slice(2).split("/")) {
    found = (found as Record<string, unknown> | undefined)?.[step.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return found as JsonObject | undefined;
}

function kindOf(schema: JsonObject): Kind {
  if ("enum" in schema || "const" in schema) return "choice";
  switch (schema["type"]) {
    case "boolean":
      return "switch";
    case "integer":
      return "whole";
    case "number":
      return "number";
    case "string":
      if (schema["format"] === "date-time" || schema["format"] === "date") return schema["format"];
      return Number(schema["maxLength"] ?? 0) > 500 ? "long-text" : "text";
    default:
      return "json";
  }
}

const choicesOf = (schema: JsonObject): unknown[] =>
  "const" in schema ? [schema["const"]] : ((schema["enum"] as unknown[] | undefined) ?? []);

/** How a value stands in its field; undefined: nothing is given. */
export function fieldText(field: FieldSpec, value: unknown): string {
  if (value === undefined) return "";
  if (value === null && field.nullable && field.kind !== "json") return "";
  if (field.kind === "json" || field.kind === "choice" || typeof value !== "string")
    return JSON.stringify(value, null, field.kind === "json" ? 2 : 0);
  return value;
}

/**
 * What a field's text says. Nothing is `undefined`: the flow's own default holds. Raises an Error that says what would
 * be right.
 */
export function parseField(field: FieldSpec, text: string): unknown {
  if (text === "") {
    if ((field.kind === "text" || field.kind === "long-text") && field.required && !field.nullable) return "";
    if (field.required && !field.nullable) throw new Error("Required.");
    return field.required && field.nullable ? null : undefined;
  }
  switch (field.kind) {
    case "text":
    case "long-text":
    case "date-time":
    case "date":
      return text;
    case "whole":
      if (!/^\s*[+-]?\d+\s*$/.test(text)) throw new Error("Write a whole number.");
      return Number(text);
    case "number":
      if (text.trim() === "" || Number.isNaN(Number(text))) throw new Error("Write a number.");
      return Number(text);
    case "switch":
      if (text !== "true" && text !== "false") throw new Error("Choose yes or no.");
      return text === "true";
    default:
      try {
        return JSON.parse(text) as unknown;
      } catch {
        throw new Error('Write JSON, such as [1, 2] or {"key": "value"}.');
      }
  }
}
