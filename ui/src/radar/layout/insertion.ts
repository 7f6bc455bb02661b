import { FULL_TURN } from "./arrangement";

/**
 * The angle for one new vertex on a ring: the middle of the gap that lies nearest to where it wants to be. Nothing else
 * moves.
 *
 * `taken` are the angles on that ring in any order (radians), `wanted` the circular mean of its upstreams' angles.
 */
export function nearestGap(taken: Float64Array, wanted: number, leastGap: number): number {
  if (taken.length === 0) return wanted;
  const sorted = taken.map((angle) => ((angle % FULL_TURN) + FULL_TURN) % FULL_TURN).sort();
  let best = wanted;
  let bestCost = Number.POSITIVE_INFINITY;
  sorted.forEach((from, position) => {
    const until = position + 1 < sorted.length ? sorted[position + 1]! : sorted[0]! + FULL_TURN;
    const room = Math.min(leastGap, (until - from) / 2);
    const aim = from + ((((wanted - from) % FULL_TURN) + FULL_TURN) % FULL_TURN);
    const inside = aim <= until - room ? Math.max(aim, from + room) : nearerEnd(aim, from + room, until - room);
    const apart = Math.abs(Math.atan2(Math.sin(inside - wanted), Math.cos(inside - wanted)));
    const squeezed = leastGap - room;
    if (apart + squeezed * FULL_TURN * 4 < bestCost) {
      bestCost = apart + squeezed * FULL_TURN * 4;
      best = inside;
    }
  });
  return best;
}

function nearerEnd(aim: number, low: number, high: number): number {
  return aim - high <= low + FULL_TURN - aim ? high : low;
}
