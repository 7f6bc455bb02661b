import { expect, test } from "vitest";
import { lanes } from "./lanes";

test("spans of one lane never overlap, and there are no more lanes than run at once", () => {
  let seed = 7;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const starts = Array.from({ length: 2_000 }, () => random() * 1000);
  const ends = starts.map((start) => start + random() * 40);
  const { lane, many } = lanes(starts, ends);
  const byLane = new Map<number, [number, number][]>();
  starts.forEach((start, at) => byLane.set(lane[at]!, [...(byLane.get(lane[at]!) ?? []), [start, ends[at]!]]));
  for (const spans of byLane.values()) {
    spans.sort(([left], [right]) => left - right);
    for (let at = 1; at < spans.length; at++) expect(spans[at]![0]).toBeGreaterThanOrEqual(spans[at - 1]![1]);
  }
  const most = Math.max(
    ...starts.map((at) => starts.filter((start, other) => start <= at && ends[other]! > at).length),
  );
  expect(many).toBe(most);
});

test("spans one after the other share a lane, and no spans need none", () => {
  expect(lanes([0, 1, 2], [1, 2, 3])).toEqual({ lane: Int32Array.of(0, 0, 0), many: 1 });
  expect(lanes([], []).many).toBe(0);
});

test("a hundred thousand spans are packed without delay", () => {
  const starts = Float64Array.from({ length: 100_000 }, (_, at) => at / 10);
  const { many } = lanes(
    starts,
    starts.map((start) => start + 5),
  );
  expect(many).toBe(50);
});
