import { expect, test } from "vitest";
import { ServerClock } from "./clock";

const NOON = Date.UTC(2022, 5, 15, 12);
const at = (milliseconds: number) => new Date(milliseconds).toUTCString();

test("a browser's clock that is hours off is not believed", () => {
  const clock = new ServerClock(() => NOON);
  let told = 0;
  clock.onChange(() => told++);
  clock.hear(at(NOON + 3 * 3_600_000));
  expect(clock.now()).toBe(NOON + 3 * 3_600_000);
  clock.hear(at(NOON + 3 * 3_600_000 + 2_000));
  expect(told).toBe(1);
});

test("seconds apart are no disagreement, and a clock that was mended is believed again", () => {
  let own = NOON;
  const clock = new ServerClock(() => own);
  clock.hear(at(NOON - 4_000));
  clock.hear(null);
  clock.hear("yesterday");
  expect(clock.now()).toBe(NOON);
  clock.hear(at(NOON - 60_000));
  own = NOON - 60_000;
  clock.hear(at(NOON - 60_000));
  expect(clock.now()).toBe(own);
});
