import { expect, test } from "vitest";
import { timesOf } from "./SpanFacts";
import { groupOf, joined, parsePage, type Spans } from "./spans";

const spans = {
  origin: 0,
  start: Float64Array.of(10, 5),
  end: Float64Array.of(100, Number.NaN),
  created: Float64Array.of(4, 5),
  triesFrom: Uint32Array.of(0, 2, 2),
  tryStart: Float64Array.of(10, 80),
  tryEnd: Float64Array.of(20, 100),
} as unknown as Spans;

test("waiting is told apart from running", () => {
  expect(timesOf(spans, 0, 0)).toEqual({ before: 6, whole: 90, between: 60, tries: 2 });
  expect(timesOf(spans, 1, 25)).toEqual({ before: 0, whole: 20, between: 0, tries: 1 });
});

const id = (number: number) => `00000000-0000-0000-0000-${String(number).padStart(12, "0")}`;

/** A page of as many spans as there are groups said, as the server sends it. */
function page(group: number[], groups: string[], from = 0): ArrayBuffer {
  const many = group.length;
  const columns: Record<string, Float64Array | Uint32Array | Uint8Array> = {
    start: Float64Array.from(group.keys()),
    end: Float64Array.from(group, (_, at) => at + 0.5),
    run_time: new Float64Array(many),
    id: Uint8Array.from(
      group.flatMap((_, at) =>
        Array.from(
          id(from + at)
            .replaceAll("-", "")
            .match(/../g)!,
          (byte) => parseInt(byte, 16),
        ),
      ),
    ),
    name_end: Uint32Array.from(group, (_, at) => at + 1),
    state: new Uint8Array(many),
    flags: new Uint8Array(many),
    names: new TextEncoder().encode("n".repeat(many)),
    created: new Float64Array(many),
    try_of: new Uint32Array(0),
    try_start: new Float64Array(0),
    try_end: new Float64Array(0),
    group: Uint32Array.from(group),
  };
  const textLength = 4096;
  let offset = 8 + textLength;
  const described = Object.entries(columns).map(([name, values]) => {
    const told = { name, type: values.constructor.name, offset, length: values.length };
    offset += Math.ceil(values.byteLength / 8) * 8;
    return told;
  });
  const bytes = new Uint8Array(offset);
  bytes.set(new TextEncoder().encode("ASP1"));
  new DataView(bytes.buffer).setUint32(4, textLength, true);
  const text = JSON.stringify({
    count: many,
    origin: 0,
    after: null,
    tasks: [],
    states: ["COMPLETED"],
    groups,
    columns: described,
  });
  bytes.set(new TextEncoder().encode(text.padEnd(textLength)), 8);
  described.forEach(({ name, offset: at }) =>
    bytes.set(new Uint8Array(columns[name]!.buffer, columns[name]!.byteOffset, columns[name]!.byteLength), at),
  );
  return bytes.buffer;
}

test("a page says which node each span belongs to", () => {
  const { spans: read } = parsePage(page([0, 1, 2, 1], [id(1), id(2)]));
  expect(read.ids[3]).toBe(id(3));
  expect(Array.from({ length: 4 }, (_, at) => groupOf(read, at))).toEqual([null, id(1), id(2), id(1)]);
});

test("groups that go on over pages are one, whatever place they have on each", () => {
  const pages = [page([1, 0, 2], ["g", "h"]), page([1, 2, 1], ["h", "i"], 3)].map((bytes) => parsePage(bytes).spans);
  const whole = joined(pages);
  expect(whole.groups).toEqual(["g", "h", "i"]);
  expect(Array.from({ length: 6 }, (_, at) => groupOf(whole, at))).toEqual(["g", null, "h", "h", "i", "h"]);
  expect(whole.ids).toEqual(Array.from({ length: 6 }, (_, at) => id(at)));
});

test("what is no page is said to be none", () =>
  expect(() => parsePage(new ArrayBuffer(16))).toThrow("Invalid timeline data"));
