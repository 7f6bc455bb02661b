import { FULL_TURN, shortestTurns, spreadEvenly, type Arrangement } from "./arrangement";
import { countCrossings } from "./crossings";
import { joinOrder } from "./joins";
import type { Rings } from "./rings";
import { walkOrder } from "./seed";
import { sift } from "./sifting";

export interface SweptArrangement extends Arrangement {
  readonly crossings: number;
}

export interface SweepOptions {
  /** Angles of an earlier layout by vertex, in radians; the walk and the first sweep follow them. */
  readonly preferred?: Float64Array;
  readonly sweeps: number;
  /** How many comparisons of segments sifting may take. */
  readonly siftingBudget: number;
}

/**
 * Looks for an order with few crossings and keeps the best that was counted.
 *
 * It counts the order of arrival and the depth-first walk first, so the answer is never worse than either. Then rings
 * are sorted by the circular mean of their neighbours' angles, outwards and inwards in turn. (A plain mean fails where
 * angles pass from a full turn to zero.) Each sorted ring is turned to where its vertices wanted to be. What is
 * best then is sifted, while the budget lasts.
 */
export function arrange(rings: Rings, { preferred, sweeps, siftingBudget }: SweepOptions): SweptArrangement {
  let walked = arrangementOf(rings, walkOrder(rings, preferred ?? joinOrder(rings)), false);
  if (preferred && walked.crossings > 0) {
    const unseeded = arrangementOf(rings, walkOrder(rings, joinOrder(rings)), false);
    if (unseeded.crossings < walked.crossings) walked = unseeded;
  }
  if (walked.crossings === 0) return walked;
  let best = walked;
  const consider = (candidate: SweptArrangement): void => {
    if (candidate.crossings < best.crossings) best = candidate;
  };
  consider(arrangementOf(rings, rings.rings, true));
  for (const start of [walked.angles, spreadEvenly(rings.rings, rings.vertexCount)]) {
    const angles = start.slice();
    for (let sweep = 0; sweep < sweeps && best.crossings > 0; sweep++) {
      const order = sortByMeans(rings, angles, sweep % 2 === 0);
      const turns = shortestTurns(rings, angles);
      const crossings = countCrossings(rings, { angles, turns });
      if (crossings < best.crossings) best = { order, angles: angles.slice(), turns, crossings };
    }
  }
  if (siftingBudget <= 0 || best.crossings === 0) return best;
  const sifted = sift(rings, best, siftingBudget / 2);
  const other = best === walked ? sifted : sift(rings, walked, siftingBudget / 2);
  return other.crossings < sifted.crossings ? other : sifted;
}

function arrangementOf(rings: Rings, order: readonly Int32Array[], theShortWay: boolean): SweptArrangement {
  const angles = spreadEvenly(order, rings.vertexCount);
  const turns = theShortWay ? shortestTurns(rings, angles) : new Int8Array(rings.segmentSources.length);
  return { order, angles, turns, crossings: countCrossings(rings, { angles, turns }) };
}

/** Sorts every ring in place of its angles; returns the new order. */
function sortByMeans(rings: Rings, angles: Float64Array, outwards: boolean): Int32Array[] {
  const { starts, items } = outwards ? rings.inward : rings.outward;
  const wanted = new Float64Array(rings.vertexCount);
  const order: Int32Array[] = rings.rings.map((ring) => ring.slice());
  for (let step = 0; step < order.length; step++) {
    const ring = order[outwards ? step : order.length - 1 - step]!;
    for (const vertex of ring) {
      let x = 0;
      let y = 0;
      for (let slot = starts[vertex]!; slot < starts[vertex + 1]!; slot++) {
        x += Math.cos(angles[items[slot]!]!);
        y += Math.sin(angles[items[slot]!]!);
      }
      wanted[vertex] = x * x + y * y < 1e-12 ? angles[vertex]! : positive(Math.atan2(y, x));
    }
    ring.sort((left, right) => wanted[left]! - wanted[right]! || angles[left]! - angles[right]! || left - right);
    turnTowards(ring, wanted, angles);
  }
  return order;
}

/** Spreads a ring evenly, turned so that its vertices stand as near as possible to the angles they want. */
function turnTowards(ring: Int32Array, wanted: Float64Array, angles: Float64Array): void {
  const gap = FULL_TURN / ring.length;
  let x = 0;
  let y = 0;
  for (let position = 0; position < ring.length; position++) {
    const difference = wanted[ring[position]!]! - gap * (position + 0.5);
    x += Math.cos(difference);
    y += Math.sin(difference);
  }
  const offset = x * x + y * y < 1e-12 ? 0 : Math.atan2(y, x);
  for (let position = 0; position < ring.length; position++) {
    angles[ring[position]!] = positive(gap * (position + 0.5) + offset);
  }
}

function positive(angle: number): number {
  const rest = angle % FULL_TURN;
  return rest < 0 ? rest + FULL_TURN : rest;
}
