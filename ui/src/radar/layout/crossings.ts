/**
 * Counts crossings between neighbouring rings.
 *
 * Unrolled, a segment is a pair (a, b) that repeats every full turn. Two segments cross once for every shift at which
 * a′ < a and b′ > b. So each segment is compared with all others and their copies, as many turns either way as ends lie
 * apart: sorted by a, a Fenwick tree over the ranks of b answers "how many before me end behind me" in O(log E) (Barth,
 * Jünger and Mutzel 2002, made radial). Segments that share an end there do not cross.
 */
import { FULL_TURN, type Arrangement } from "./arrangement";
import type { Rings } from "./rings";

export function countCrossings(rings: Rings, { angles, turns }: Omit<Arrangement, "order">): number {
  const byRing: number[][] = rings.rings.map(() => []);
  rings.segmentSources.forEach((source, segment) => byRing[rings.ringOf[source]!]!.push(segment));
  let total = 0;
  for (const segments of byRing) if (segments.length > 1) total += countInAnnulus(rings, angles, turns, segments);
  return total;
}

function countInAnnulus(rings: Rings, angles: Float64Array, turns: Int8Array, segments: readonly number[]): number {
  const most = turnsApart(rings, angles, turns, segments);
  const copies = segments.length * (2 * most + 1);
  const starts = new Float64Array(copies);
  const ends = new Float64Array(copies);
  let filled = 0;
  for (let shift = -most; shift <= most; shift++) {
    for (const segment of segments) {
      starts[filled] = angles[rings.segmentSources[segment]!]! + shift * FULL_TURN;
      ends[filled++] = angles[rings.segmentTargets[segment]!]! + (turns[segment]! + shift) * FULL_TURN;
    }
  }
  const sortedEnds = ends.slice().sort();
  const endRank = ranksIn(ends, sortedEnds);
  const byStart = new Uint32Array(copies);
  for (let copy = 0; copy < copies; copy++) byStart[copy] = copy;
  byStart.sort((left, right) => starts[left]! - starts[right]!);
  const firstOriginal = most * segments.length;
  const tree = new Int32Array(copies + 1);
  let seen = 0;
  let crossings = 0;
  for (let from = 0; from < copies;) {
    let until = from;
    while (until < copies && starts[byStart[until]!] === starts[byStart[from]!]) until++;
    for (let at = from; at < until; at++) {
      const copy = byStart[at]!;
      if (copy < firstOriginal || copy >= firstOriginal + segments.length) continue;
      let notBehind = 0;
      for (let node = endRank[copy]! + 1; node > 0; node -= node & -node) notBehind += tree[node]!;
      crossings += seen - notBehind;
    }
    for (let at = from; at < until; at++) {
      for (let node = endRank[byStart[at]!]! + 1; node <= copies; node += node & -node) tree[node]!++;
    }
    seen += until - from;
    from = until;
  }
  return crossings;
}

/**
 * How many full turns the farthest two starts, or ends, lie apart: a copy shifted by more than that crosses nothing.
 */
function turnsApart(rings: Rings, angles: Float64Array, turns: Int8Array, segments: readonly number[]): number {
  let [firstStart, lastStart, firstEnd, lastEnd] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const segment of segments) {
    const start = angles[rings.segmentSources[segment]!]!;
    const end = angles[rings.segmentTargets[segment]!]! + turns[segment]! * FULL_TURN;
    firstStart = Math.min(firstStart, start);
    lastStart = Math.max(lastStart, start);
    firstEnd = Math.min(firstEnd, end);
    lastEnd = Math.max(lastEnd, end);
  }
  return Math.floor(Math.max(lastStart - firstStart, lastEnd - firstEnd) / FULL_TURN);
}

/** The index of the first equal value in `sorted`, for every value. */
function ranksIn(values: Float64Array, sorted: Float64Array): Int32Array {
  const ranks = new Int32Array(values.length);
  values.forEach((value, at) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    ranks[at] = low;
  });
  return ranks;
}
