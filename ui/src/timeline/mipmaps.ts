/**
 * A row of spans at ever coarser grain: at each level, spans that are short and near one another are one, so that a
 * whole run of a hundred thousand spans is drawn by going through about as many pieces as there are pixels.
 */
import type { StateType } from "../api/types";
import type { SpanRow } from "./packing";

/** Pieces by start, in milliseconds since the row's origin. `end` is infinite where a span has not ended. */
export interface Level {
  /** Gaps and pieces shorter than that are merged. */
  grain: number;
  start: Float64Array;
  end: Float64Array;
  /** The state that most needs to be seen, as its place in the spans' `states`. */
  state: Uint8Array;
  /**
   * By piece, and once more after the last: its first place in the row's members; the next piece's is behind its last.
   */
  first: Int32Array;
}

const FACTOR = 4;
const FEWEST = 256;
/** What most needs to be seen first. */
const URGENT: readonly StateType[] = [
  "FAILED",
  "CRASHED",
  "RUNNING",
  "CANCELLING",
  "PAUSED",
  "CANCELLED",
  "PENDING",
  "SCHEDULED",
  "COMPLETED",
];

/** The row's levels, finest first: the first has every span. */
export function levelsOf({ spans, members }: SpanRow, finest: number): Level[] {
  const urgency = spans.states.map((state) => URGENT.indexOf(state));
  const first: Level = {
    grain: 0,
    start: Float64Array.from(members, (at) => spans.start[at]!),
    end: Float64Array.from(members, (at) => (Number.isNaN(spans.end[at]) ? Infinity : spans.end[at]!)),
    state: Uint8Array.from(members, (at) => spans.state[at]!),
    first: Int32Array.from({ length: members.length + 1 }, (_, at) => at),
  };
  const levels = [first];
  for (let grain = finest; levels.at(-1)!.start.length > FEWEST; grain *= FACTOR) {
    const coarser = merged(levels.at(-1)!, grain, urgency);
    if (coarser.start.length < levels.at(-1)!.start.length) levels.push(coarser);
    if (!(grain < first.start.at(-1)! - first.start[0]!)) break;
  }
  return levels;
}

function merged(fine: Level, grain: number, urgency: readonly number[]): Level {
  const many = fine.start.length;
  const [start, end, state, first] = [
    new Float64Array(many),
    new Float64Array(many),
    new Uint8Array(many),
    new Int32Array(many + 1),
  ];
  let made = 0;
  for (let at = 0; at < many; at++) {
    const last = made - 1;
    // A piece never grows beyond the grain, so that what is drawn for it is at most a pixel too wide.
    if (last >= 0 && fine.end[at]! - start[last]! <= grain) {
      end[last] = Math.max(end[last]!, fine.end[at]!);
      if (urgency[fine.state[at]!]! < urgency[state[last]!]!) state[last] = fine.state[at]!;
    } else {
      [start[made], end[made], state[made], first[made]] = [
        fine.start[at]!,
        fine.end[at]!,
        fine.state[at]!,
        fine.first[at]!,
      ];
      made++;
    }
  }
  first[made] = fine.first[many]!;
  return {
    grain,
    start: start.slice(0, made),
    end: end.slice(0, made),
    state: state.slice(0, made),
    first: first.slice(0, made + 1),
  };
}

/** The one span of a piece; −1: it is several. */
export const memberOf = ({ members }: SpanRow, { first }: Level, piece: number): number =>
  first[piece + 1]! - first[piece]! === 1 ? members[first[piece]!]! : -1;

/** The coarsest level whose grain is not seen when a pixel takes so many milliseconds. */
export function levelFor(levels: readonly Level[], pixel: number): Level {
  return levels.findLast(({ grain }) => grain <= pixel)!;
}

/** The first piece of a level that ends after a moment. */
export function firstPiece({ end }: Level, moment: number): number {
  let [low, high] = [0, end.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (end[middle]! < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}
