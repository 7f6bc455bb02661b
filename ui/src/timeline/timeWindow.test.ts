import { expect, test } from "vitest";
import { windowAround, formatWindow, parseWindow, wholeWindow, zoomWindow } from "./timeWindow";

test("what the address says is what was seen", () => {
  expect(parseWindow(formatWindow({ from: 1010, to: 1050.5, top: 0 }, 1000), 1000)).toEqual({
    from: 1010,
    to: 1050.5,
    top: 0,
  });
  for (const none of [undefined, "", "x~y", "5~5", "7"]) expect(parseWindow(none, 0)).toBeNull();
});

test("what is under the pointer stays there, down to a millisecond and no longer than the run", () => {
  expect(zoomWindow({ from: 0, to: 100, top: 7 }, 2, 0.25, 1000)).toEqual({ from: 12.5, to: 62.5, top: 7 });
  expect(zoomWindow({ from: 0, to: 2, top: 0 }, 100, 0.5, 1000)).toEqual({ from: 0.5, to: 1.5, top: 0 });
  expect(zoomWindow({ from: 0, to: 100, top: 0 }, 0.01, 0, 300).to).toBe(300);
});

test("the whole has a margin, and a run of no time a millisecond", () => {
  expect(wholeWindow(0, 100)).toEqual({ from: -2, to: 102, top: 0 });
  expect(wholeWindow(5, 5).to).toBeGreaterThan(6);
});

test("a window around something has it whole in the part that nothing covers", () => {
  const { from, to } = windowAround({ from: 100, to: 200 }, 0, { left: 0.25, right: 0 });
  const place = (time: number) => (time - from) / (to - from);
  expect(place(100)).toBeGreaterThan(0.25);
  expect(place(200)).toBeLessThan(1);
  expect(place(100) - 0.25).toBeCloseTo(1 - place(200));
  expect(windowAround({ from: 100, to: 101 }, 50, { left: 0, right: 0 })).toEqual({ from: 75.5, to: 125.5 });
});
