import { expect, test } from "vitest";
import { EventParser } from "./sse";

test("events come whole, however the text was cut", () => {
  const text =
    'retry: 1000\n\nid: 7\nevent: changes\ndata: [{"kind":"flow_run"}]\n\n: ping\n\nid: 8\nevent: reset\ndata: {}\n\n';
  for (let size = 1; size < text.length; size++) {
    const parser = new EventParser();
    const found = [];
    for (let at = 0; at < text.length; at += size) found.push(...parser.feed(text.slice(at, at + size)));
    expect(found).toEqual([
      { id: "7", name: "changes", data: '[{"kind":"flow_run"}]' },
      { id: "8", name: "reset", data: "{}" },
    ]);
  }
});

test("an event that is not whole yet waits", () => {
  const parser = new EventParser();
  expect(parser.feed("id: 1\ndata: {")).toEqual([]);
  expect(parser.feed("}\n\n")).toEqual([{ id: "1", name: "message", data: "{}" }]);
});
