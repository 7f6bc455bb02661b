/**
 * Carries one vertex after the other along its ring and leaves it where the fewest segments cross (Bachmaier's radial
 * sifting).
 *
 * When a vertex passes its neighbour only segments of these two begin or cease to cross, and whether they do depends on
 * the order of their far ends alone. So every place on the ring costs no more than the two vertices' segments.
 */
import { FULL_TURN, type Arrangement } from "./arrangement";
import { countCrossings } from "./crossings";
import type { Neighbours } from "./digraph";
import type { Rings } from "./rings";

const MOST_ROUNDS = 12;

/**
 * Improves `start` until nothing helps or `budget` comparisons are used up; never answers with more crossings than
 * given.
 */
export function sift<Given extends Arrangement & { readonly crossings: number }>(
  rings: Rings,
  start: Given,
  budget: number,
): Given {
  const order = start.order.map((ring) =>
    ring.slice().sort((left, right) => start.angles[left]! - start.angles[right]!),
  );
  const angles = start.angles.slice();
  const turns = start.turns.slice();
  let left = budget;
  for (let round = 0, moved = true; moved && round < MOST_ROUNDS && left > 0; round++) {
    moved = false;
    for (let step = 0; step < order.length; step++) {
      const ring = order[round % 2 === 0 ? step : order.length - 1 - step]!;
      if (ring.length < 2) continue;
      const sides = [farEnds(rings.inward, -1, angles, turns), farEnds(rings.outward, 1, angles, turns)] as const;
      for (const vertex of ring.slice()) {
        const carried = bestPlace(ring, ring.indexOf(vertex), sides);
        left -= carried.comparisons;
        if (carried.gain > 0 && rebase(rings, turns, vertex, carried.wraps)) {
          move(ring, vertex, carried.place);
          for (const side of sides) side.shift(vertex, carried.wraps);
          moved = true;
        }
        if (left <= 0) break;
      }
      ring.forEach((vertex, position) => (angles[vertex] = (FULL_TURN * (position + 0.5)) / ring.length));
      if (left <= 0) break;
    }
  }
  const crossings = countCrossings(rings, { angles, turns });
  return crossings < start.crossings ? { ...start, order, angles, turns, crossings } : start;
}

interface FarEnds {
  /**
   * Ends below minus ends above, over all pairs of a segment of `vertex` and one of `other`, the latter `turns` farther
   * on.
   */
  balance(vertex: number, other: number, turns: number): number;
  degree(vertex: number): number;
  shift(vertex: number, wraps: number): void;
}

/**
 * Where the segments of each vertex end on the next ring, unrolled, as seen from the vertex's own angle. Read when
 * asked for first.
 */
function farEnds(side: Neighbours, sign: 1 | -1, angles: Float64Array, turns: Int8Array): FarEnds {
  const known = new Map<number, Float64Array>();
  const ends = (vertex: number): Float64Array => {
    let found = known.get(vertex);
    if (!found) {
      found = new Float64Array(side.starts[vertex + 1]! - side.starts[vertex]!);
      for (let at = 0; at < found.length; at++) {
        const slot = side.starts[vertex]! + at;
        found[at] = angles[side.items[slot]!]! + sign * turns[side.edges[slot]!]! * FULL_TURN;
      }
      known.set(vertex, found.sort());
    }
    return found;
  };
  return {
    balance(vertex, other, turned) {
      const [own, others] = [ends(vertex), ends(other)];
      const offset = turned * FULL_TURN;
      let sum = 0;
      for (const end of own) {
        for (const far of others) {
          const apart = end - far - offset;
          sum += apart < -1e-9 ? 1 : apart > 1e-9 ? -1 : 0;
        }
      }
      return sum;
    },
    degree: (vertex) => side.starts[vertex + 1]! - side.starts[vertex]!,
    shift(vertex, wraps) {
      if (wraps)
        known.set(
          vertex,
          ends(vertex).map((end) => end - wraps * FULL_TURN),
        );
    },
  };
}

interface Carried {
  gain: number;
  place: number;
  wraps: -1 | 0 | 1;
  comparisons: number;
}

/**
 * Tries half the ring to either side. `place` counts among the others; `wraps` says that angle zero was passed, and
 * which way.
 */
function bestPlace(ring: Int32Array, from: number, sides: readonly FarEnds[]): Carried {
  const vertex = ring[from]!;
  const others = ring.length - 1;
  const best: Carried = { gain: 0, place: from, wraps: 0, comparisons: 0 };
  for (const sense of [1, -1] as const) {
    let gain = 0;
    for (let passed = 1; passed <= (ring.length + 1) >> 1; passed++) {
      const index = sense === 1 ? from + passed - 1 : from - passed;
      const wraps = index >= others ? 1 : index < 0 ? -1 : 0;
      const at = index - wraps * others;
      const other = ring[at < from ? at : at + 1]!;
      for (const side of sides) {
        gain -= sense * side.balance(vertex, other, wraps);
        best.comparisons += 1 + side.degree(vertex) * side.degree(other);
      }
      if (gain > best.gain) Object.assign(best, { gain, wraps, place: sense === 1 ? at + 1 : at });
    }
  }
  return best;
}

/**
 * Counts a vertex's segments from the other side of angle zero; false, and nothing done, where one would go round more
 * than once.
 */
function rebase(rings: Rings, turns: Int8Array, vertex: number, wraps: number): boolean {
  if (wraps === 0) return true;
  const { inward, outward } = rings;
  for (let slot = inward.starts[vertex]!; slot < inward.starts[vertex + 1]!; slot++)
    if (Math.abs(turns[inward.edges[slot]!]! + wraps) > 1) return false;
  for (let slot = outward.starts[vertex]!; slot < outward.starts[vertex + 1]!; slot++)
    if (Math.abs(turns[outward.edges[slot]!]! - wraps) > 1) return false;
  for (let slot = inward.starts[vertex]!; slot < inward.starts[vertex + 1]!; slot++)
    turns[inward.edges[slot]!]! += wraps;
  for (let slot = outward.starts[vertex]!; slot < outward.starts[vertex + 1]!; slot++)
    turns[outward.edges[slot]!]! -= wraps;
  return true;
}

function move(ring: Int32Array, vertex: number, place: number): void {
  const from = ring.indexOf(vertex);
  if (place > from) ring.copyWithin(from, from + 1, place + 1);
  else ring.copyWithin(place + 1, place, from);
  ring[place] = vertex;
}
