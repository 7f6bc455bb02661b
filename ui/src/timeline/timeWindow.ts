/**
 * What is seen of a timeline: from and to in milliseconds since the epoch, and how far it is scrolled down in pixels.
 */
export interface TimeWindow {
  from: number;
  to: number;
  top: number;
}

export const LEAST_MS = 1;
const MARGIN = 0.02;
/** How much of the width is left beside something that the window is put around, on each side. */
const BESIDE = 0.06;

/** All of it, with a margin. */
export function wholeWindow(from: number, to: number): TimeWindow {
  const until = Math.max(to, from + LEAST_MS);
  return { from: from - (until - from) * MARGIN, to: until + (until - from) * MARGIN, top: 0 };
}

/**
 * `part`: the place between 0 (left) and 1 that stays where it is. Never shorter than a millisecond, nor longer than
 * `most`.
 */
export function zoomWindow({ from, to, top }: TimeWindow, factor: number, part: number, most: number): TimeWindow {
  const length = Math.max(LEAST_MS, Math.min(most, (to - from) / factor));
  const anchor = from + (to - from) * part;
  return { from: anchor - length * part, to: anchor + length * (1 - part), top };
}

/**
 * A window at least so long, with a time in its middle; `covered` are the parts of its width where something lies over
 * it, left and right.
 */
export function windowAround(
  time: { from: number; to: number },
  least: number,
  covered: { left: number; right: number },
): { from: number; to: number } {
  const length = Math.max(least, (time.to - time.from) / (1 - 2 * BESIDE));
  const whole = length / (1 - covered.left - covered.right);
  const from = (time.from + time.to - length) / 2 - whole * covered.left;
  return { from, to: from + whole };
}

/**
 * Parses a window from the address: `from~to` in milliseconds since the run began. Null where it is missing or invalid.
 */
export function parseWindow(time: string | undefined, origin: number): TimeWindow | null {
  const [from, to] = (time ?? "").split("~").map(Number);
  return time && Number.isFinite(from) && Number.isFinite(to) && to! - from! >= LEAST_MS / 2
    ? { from: origin + from!, to: origin + to!, top: 0 }
    : null;
}

export const formatWindow = ({ from, to }: TimeWindow, origin: number): string =>
  `${(from - origin).toFixed(2)}~${(to - origin).toFixed(2)}`;
