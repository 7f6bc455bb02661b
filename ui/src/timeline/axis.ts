/** The marks of a time axis. */
import { duration, tick } from "../time/format";

const STEPS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 3e4,
  6e4, 12e4, 3e5, 6e5, 18e5, 36e5, 72e5, 216e5, 864e5,
];
const PIXELS = 120;

/** The smallest round step of time that is at least `least`, in milliseconds. */
export function niceStep(least: number): number {
  return STEPS.find((step) => step >= least) ?? 864e5 * Math.ceil(least / 864e5);
}

export interface AxisMark {
  /** Milliseconds since `from`. */
  at: number;
  /** The time of day, and the time since the run began. */
  clock: string;
  since: string;
}

/** Marks for what is seen, from `from` to `to`; `begin` is when the run began (all since the epoch). */
export function axisMarks(from: number, to: number, begin: number, width: number, zone: string): AxisMark[] {
  const step = niceStep((to - from) / Math.max(2, width / PIXELS));
  const found: AxisMark[] = [];
  for (let since = Math.ceil((from - begin) / step) * step; begin + since < to; since += step) {
    found.push({
      at: begin + since - from,
      clock: tick(begin + since, zone, step < 1000 ? 1000 : to - from),
      since: exact(since, step),
    });
  }
  return found;
}

/** A time since the beginning as exact as the step between marks. */
function exact(milliseconds: number, step: number): string {
  if (Math.abs(milliseconds) < step / 2) return "0";
  const sign = milliseconds < 0 ? "−" : "+";
  const size = Math.abs(milliseconds);
  if (step < 1) return `${sign}${size.toFixed(Math.ceil(-Math.log10(step) - 1e-9))} ms`;
  if (step < 1000)
    return size < 1000
      ? `${sign}${Math.round(size)} ms`
      : `${sign}${(size / 1000).toFixed(step < 10 ? 3 : step < 100 ? 2 : 1)} s`;
  return `${sign}${duration(Math.round(size / 1000))}`;
}
