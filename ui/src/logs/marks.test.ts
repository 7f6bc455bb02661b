import { expect, test } from "vitest";
import { parseAnsi } from "./ansi";
import { withMarks } from "./marks";

const marked = (line: string, sought: string) =>
  withMarks(parseAnsi(line), sought)
    .map(({ text, marked }) => (marked ? `<${text}>` : text))
    .join("|");
const LINE = "[10] \u001b[32mOK\u001b[0m loaded \u001b[33m170\u001b[0m rows";

test.each([
  ["loaded 170", "[10] |OK| |<loaded >|<170>| rows"],
  ["170 ROWS", "[10] |OK| loaded |<170>|< rows>"],
  ["ok loaded", "[10] |<OK>|< loaded>| |170| rows"],
  ["d \u001b[33m1", "[10] |OK| loade|<d >|<1>|70| rows"],
  ["33m", "[10] |OK| loaded |170| rows"],
  ["", "[10] |OK| loaded |170| rows"],
])("%j is marked where it is seen", (sought, parts) => expect(marked(LINE, sought)).toBe(parts));

test("every place is marked, and no letter is moved", () => {
  expect(marked("a.a.a", "a.")).toBe("<a.>|<a.>|a");
  expect(marked("İx and x", "x")).toBe("İ|<x>| and |<x>");
});
