/**
 * Lanes for the arcs between two rings, such that none lies on another and two that need not cross do not.
 *
 * An edge leaves its vertex outwards, turns onto its lane, follows it around, and turns outwards again. So of two arcs
 * that go the same way and meet, the one that began farther back must lie farther out: there it passes over the place
 * where the other begins, and the other has left its lane before the first one does. Arcs that go opposite ways and
 * meet cross anyhow, and need only lanes of their own.
 *
 * Those to the right are taken in order of where they begin, the last first, and each gets the lane above all that it
 * meets; those to the left likewise, mirrored. (The circle is opened where the fewest pass that go that way.) That
 * takes as many lanes as the longest stair of arcs that meet one another. Where those are more than can be told apart,
 * lanes are taken by the left-edge rule (the lowest that is free again), which takes the fewest, and crosses some
 * needlessly.
 */
import { FULL_TURN } from "./arrangement";

/**
 * What leaves one vertex one way, from where it begins to where the last of it ends; unrolled angles, `low` below
 * `high`.
 */
export interface Arc {
  source: number;
  low: number;
  high: number;
  toRight: boolean;
}

export interface LanedArcs {
  /** By arc: its lane, counted from the inside. */
  readonly lanes: Int32Array;
  /**
   * By arc: how many lanes on, inwards and outwards, the next is that is taken where it is, or there is none. Room for
   * round corners.
   */
  readonly inside: Int32Array;
  readonly outside: Int32Array;
  readonly many: number;
}

const CLEARANCE = 0.02; // radians between two arcs of one lane

/** `most`: so many lanes can be told apart; the answer has at most one more, and then says nothing of room. */
export function assignLanes(arcs: readonly Arc[], most: number): LanedArcs {
  const low = new Float64Array(arcs.length);
  const high = new Float64Array(arcs.length);
  const cuts = [quietest(arcs.filter(({ toRight }) => !toRight)), quietest(arcs.filter(({ toRight }) => toRight))];
  arcs.forEach((arc, at) => {
    const turns = Math.floor((arc.low - cuts[Number(arc.toRight)]!) / FULL_TURN) * FULL_TURN;
    low[at] = arc.low - turns;
    high[at] = arc.high - turns;
  });
  const opened = { sources: Int32Array.from(arcs, ({ source }) => source), low, high };
  const lanes = stacked(opened, arcs, most) ?? packed(arcs, most);
  const many = lanes.reduce((sum, lane) => Math.max(sum, lane + 1), 0);
  if (many > most) return { lanes, many, inside: new Int32Array(0), outside: new Int32Array(0) };
  return { lanes, many, ...roomsOf(opened, arcs, lanes, many) };
}

/** Arcs by number; each begins within a turn from where the circle was opened. */
interface Opened {
  sources: Int32Array;
  low: Float64Array;
  high: Float64Array;
}

/** By lane, the numbers of the arcs that it holds which go one way, from the lowest on. */
type Held = readonly (readonly number[])[];

function stacked(opened: Opened, arcs: readonly Arc[], most: number): Int32Array | null {
  const { low, high } = opened;
  const lanes = new Int32Array(arcs.length);
  let beside: Held = [];
  for (const order of inOrder(opened, arcs)) {
    const held: number[][] = [];
    const spans: { from: number; to: number }[] = [];
    for (const at of order) {
      let lane = spans.length;
      while (lane > 0 && isClear(low[at]!, high[at]!, spans[lane - 1]!)) lane--;
      while (lane < most && isMet(opened, at, beside[lane])) lane++;
      if (lane >= most) return null;
      for (; spans.length <= lane; held.push([])) spans.push({ from: Infinity, to: -Infinity });
      spans[lane] = { from: Math.min(spans[lane]!.from, low[at]!), to: Math.max(spans[lane]!.to, high[at]!) };
      held[lane]!.push(at);
      lanes[at] = lane;
    }
    for (const lane of held) lane.reverse(); // those to the right, which come first, were taken from the last on
    beside = held;
  }
  return lanes;
}

/** Those to the right, the last first, and those to the left, the first first. */
function inOrder({ low, high }: Opened, arcs: readonly Arc[]): [Int32Array, Int32Array] {
  const numbers = Int32Array.from(arcs.keys());
  return [
    numbers.filter((at) => arcs[at]!.toRight).sort((one, other) => low[other]! - low[one]!),
    numbers.filter((at) => !arcs[at]!.toRight).sort((one, other) => high[one]! - high[other]!),
  ];
}

/** Whether an arc lies outside of all that a lane holds, whose span that is; one turn on as well. */
function isClear(low: number, high: number, { from, to }: { from: number; to: number }): boolean {
  if (to < from) return true;
  if (high + CLEARANCE < from) return to + CLEARANCE < low + FULL_TURN;
  return to + CLEARANCE < low && high + CLEARANCE < from + FULL_TURN;
}

/** Whether an arc would lie on one of a lane's, or nearly. The two ways from one vertex only part there. */
function isMet({ sources, low, high }: Opened, arc: number, lane: readonly number[] | undefined): boolean {
  if (!lane?.length) return false;
  const first = Math.ceil((low[arc]! - CLEARANCE - high[lane.at(-1)!]!) / FULL_TURN);
  const last = Math.floor((high[arc]! + CLEARANCE - low[lane[0]!]!) / FULL_TURN);
  for (let turn = first * FULL_TURN; turn <= last * FULL_TURN; turn += FULL_TURN) {
    let [from, to] = [0, lane.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (high[lane[middle]!]! + turn + CLEARANCE > low[arc]!) to = middle;
      else from = middle + 1;
    }
    for (; from < lane.length && low[lane[from]!]! + turn < high[arc]! + CLEARANCE; from++)
      if (sources[lane[from]!] !== sources[arc]) return true;
  }
  return false;
}

function roomsOf(
  opened: Opened,
  arcs: readonly Arc[],
  lanes: Int32Array,
  many: number,
): Pick<LanedArcs, "inside" | "outside"> {
  const numbers = Int32Array.from(arcs.keys()).sort((one, other) => opened.low[one]! - opened.low[other]!);
  const ways = [true, false].map((toRight): Held => {
    const held: number[][] = Array.from({ length: many }, () => []);
    for (const at of numbers) if (arcs[at]!.toRight === toRight) held[lanes[at]!]!.push(at);
    return held;
  });
  const room = (at: number, towards: -1 | 1): number => {
    let lane = lanes[at]! + towards;
    while (lane >= 0 && lane < many && !ways.some((held) => isMet(opened, at, held[lane]))) lane += towards;
    return Math.abs(lane - lanes[at]!);
  };
  return { inside: lanes.map((_, at) => room(at, -1)), outside: lanes.map((_, at) => room(at, 1)) };
}

function packed(arcs: readonly Arc[], most: number): Int32Array {
  const from = Float64Array.from(arcs, ({ low }) => within(low));
  const lanes = new Int32Array(arcs.length);
  const taken: { first: number; last: number }[] = [];
  let spare = 0;
  for (const at of Int32Array.from(arcs.keys()).sort((one, other) => from[one]! - from[other]!)) {
    const [low, high] = [from[at]!, from[at]! + arcs[at]!.high - arcs[at]!.low];
    if (taken.length > most) {
      lanes[at] = spare++ % most; // nobody can tell them apart, and looking for free lanes would take ever longer
      continue;
    }
    let free = taken.findIndex(({ first, last }) => last + CLEARANCE < low && high + CLEARANCE < first + FULL_TURN);
    if (free < 0) free = taken.push({ first: low, last: high }) - 1;
    else taken[free]!.last = high;
    lanes[at] = free;
  }
  return lanes;
}

/** Where the fewest arcs pass: there the circle is opened. */
function quietest(arcs: readonly Arc[]): number {
  const begins = Float64Array.from(arcs, ({ low }) => within(low)).sort();
  const ends = Float64Array.from(arcs, ({ high }) => within(high)).sort();
  let passing = arcs.reduce((sum, { low, high }) => sum + Number(within(high) < within(low)), 0);
  let [fewest, angle] = [Infinity, 0];
  for (let begun = 0, ended = 0; ended < ends.length;) {
    const isBegin = begun < begins.length && begins[begun]! <= ends[ended]!;
    const at = isBegin ? begins[begun++]! : ends[ended++]!;
    passing += isBegin ? 1 : -1;
    const next = Math.min(
      begins[begun] ?? Infinity,
      ends[ended] ?? Infinity,
      Math.min(begins[0]!, ends[0]!) + FULL_TURN,
    );
    if (passing < fewest && next > at) [fewest, angle] = [passing, (at + next) / 2];
  }
  return angle;
}

const within = (angle: number): number => angle - Math.floor(angle / FULL_TURN) * FULL_TURN;
