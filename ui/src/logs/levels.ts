import type { StateLook } from "../components/state";

interface Level {
  from: number;
  name: string;
  look: StateLook;
}

const LEVELS: Level[] = [
  { from: 50, name: "Critical", look: "CRASHED" },
  { from: 40, name: "Error", look: "FAILED" },
  { from: 30, name: "Warning", look: "LATE" },
  { from: 20, name: "Info", look: "CANCELLED" },
  { from: -Infinity, name: "Debug", look: "PENDING" },
];

/** How lines of a level are called and coloured; levels of one's own belong to the next one below. */
export const levelOf = (level: number): Level => LEVELS.find(({ from }) => level >= from)!;

export const levelName = (level: number): string => levelOf(level).name;

/** What a reader may want to see: this level and above. */
export const LEAST_LEVELS: [level: number, words: string][] = [
  [0, "All log levels"],
  [20, "Info and above"],
  [30, "Warning and above"],
  [40, "Error and above"],
  [50, "Critical only"],
];
