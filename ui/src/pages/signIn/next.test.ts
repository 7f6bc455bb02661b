import { expect, test } from "vitest";
import { placeAfter } from "./next";

const HERE = "http://127.0.0.1:4200";

test.each([
  [undefined, "/"],
  ["/flows?q=a#b", "/flows?q=a#b"],
  ["//example.org/x", "/"],
  ["/\\example.org", "/"],
  ["https://example.org/", "/"],
  ["javascript:alert(1)", "/"],
  ["http://[", "/"],
])("%s leads to %s", (next, place) => expect(placeAfter(next, HERE)).toBe(place));
