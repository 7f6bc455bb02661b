import * as fc from "fast-check";
import { expect, test } from "vitest";
import { placeLabels, type LabelRequest } from "./labels";

const HEIGHT = 13;
const measure = (text: string) => text.length * 6;
const wanted = (x: number, y: number, text: string): LabelRequest => ({ text, x, y, half: 6, side: 1, strong: false });

test("no name lies on another or on a node", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.integer({ min: 0, max: 500 }),
          fc.integer({ min: 0, max: 500 }),
          fc.string({ minLength: 1, maxLength: 20 }),
        ),
        { maxLength: 60 },
      ),
      (nodes) => {
        const labels = placeLabels(
          nodes.map(([x, y, text]) => wanted(x, y, text)),
          measure,
          100,
        );
        return labels.every((one, at) => {
          const right = one.x + measure(one.text);
          const [top, bottom] = [one.y - HEIGHT / 2, one.y + HEIGHT / 2];
          const clear = labels.every(
            (other, place) =>
              place === at ||
              one.x >= other.x + measure(other.text) ||
              other.x >= right ||
              Math.abs(one.y - other.y) >= HEIGHT,
          );
          return clear && nodes.every(([x, y]) => one.x >= x + 6 || right <= x - 6 || top >= y + 6 || bottom <= y - 6);
        });
      },
    ),
  );
});

test("where there is room every node has its name, and the first come first where there is none", () => {
  expect(placeLabels([wanted(0, 0, "a"), wanted(200, 0, "b")], measure, 10)).toHaveLength(2);
  expect(placeLabels([wanted(0, 0, "first"), wanted(200, 0, "second")], measure, 1).map(({ text }) => text)).toEqual([
    "first",
  ]);
});
