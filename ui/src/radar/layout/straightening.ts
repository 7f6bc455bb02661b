/**
 * Moves vertices along their rings towards their neighbours without passing one another, so that arcs become short.
 *
 * The order on each ring and the turns of each segment stay, hence no crossing is made. A ring is solved as a whole:
 * the least squares answer that keeps an order with gaps is found by pooling neighbours that want to pass one another.
 * The way of an edge that skips rings pulls hardest, so that it runs straight out and not in waves.
 */
import { FULL_TURN, type Arrangement } from "./arrangement";
import type { Neighbours } from "./digraph";
import type { Rings } from "./rings";

const PASSES = 4;
const BALANCING_PASSES = 4;
/** Past this size the balancing passes are left out: they are a refinement, and ten thousand vertices have 150 ms. */
const BALANCED_UP_TO = 6_000;
/** What a dummy takes of a vertex's room: an edge is thinner than a card. */
const DUMMY_ROOM = 0.3;
/** How hard a segment pulls, by how many of its ends are dummies. */
const PULL = [1, 2, 8] as const;
/** How much harder than a dummy a real vertex is to move, once it stands where it should. */
const STAYING = 1e4;

type Sides = "inward" | "outward" | "both";

/**
 * `gaps[ring]`: the least angle between two vertices of that ring, at most a full turn divided by their number.
 * `centred`: ring 0 is one vertex in the middle, which has no angle, so nothing is drawn towards it.
 */
export function straighten(rings: Rings, arrangement: Arrangement, gaps: Float64Array, centred = false): Float64Array {
  const angles = arrangement.angles.slice();
  const order = arrangement.order.map((ring) => ring.slice().sort((left, right) => angles[left]! - angles[right]!));
  const pull = pulls(rings, arrangement.turns, angles, centred);
  const passes = PASSES + (rings.vertexCount > BALANCED_UP_TO ? 0 : BALANCING_PASSES);
  for (let pass = 0; pass < passes; pass++) {
    const outwards = pass % 2 === 0;
    const sides = pass >= PASSES ? "both" : outwards ? "inward" : "outward";
    for (let step = 0; step < order.length; step++) {
      const ring = outwards ? step : order.length - 1 - step;
      const members = order[ring]!;
      const wanted = new Float64Array(members.length);
      const weights = new Float64Array(members.length);
      const widths = new Float64Array(members.length);
      members.forEach((vertex, position) => {
        widths[position] = gaps[ring]! * (vertex < rings.realCount ? 1 : DUMMY_ROOM);
        weights[position] = pull(vertex, sides);
        wanted[position] = pull.towards;
      });
      const placed = spaceOut(wanted, widths, weights);
      members.forEach((vertex, position) => (angles[vertex] = placed[position]!));
    }
  }
  alignDummies(rings, order, arrangement.turns, angles, gaps);
  return angles;
}

/**
 * Has edges that skip rings run straight out from where they start, as far as there is room, and turn only at the end.
 */
function alignDummies(
  rings: Rings,
  order: readonly Int32Array[],
  turns: Int8Array,
  angles: Float64Array,
  gaps: Float64Array,
): void {
  const { realCount, inward } = rings;
  order.forEach((members, ring) => {
    if (members.every((vertex) => vertex < realCount)) return;
    const wanted = Float64Array.from(members, (vertex) => {
      const slot = inward.starts[vertex]!;
      return vertex < realCount
        ? angles[vertex]!
        : angles[inward.items[slot]!]! - turns[inward.edges[slot]!]! * FULL_TURN;
    });
    const widths = Float64Array.from(members, (vertex) => gaps[ring]! * (vertex < realCount ? 1 : DUMMY_ROOM));
    const weights = Float64Array.from(members, (vertex) => (vertex < realCount ? STAYING : 1));
    const placed = spaceOut(wanted, widths, weights);
    members.forEach((vertex, position) => (angles[vertex] = placed[position]!));
  });
}

interface Pull {
  /** How hard a vertex is pulled; `towards` then says where. */
  (vertex: number, sides: Sides): number;
  towards: number;
}

function pulls(rings: Rings, turns: Int8Array, angles: Float64Array, centred: boolean): Pull {
  const { realCount, inward, outward, ringOf } = rings;
  const strength = (one: number, other: number): number => {
    if (centred && (ringOf[one] === 0 || ringOf[other] === 0)) return 0;
    return PULL[Number(one >= realCount) + Number(other >= realCount)]!;
  };
  let [sum, total] = [0, 0];
  const add = (vertex: number, side: Neighbours, sign: 1 | -1): void => {
    for (let slot = side.starts[vertex]!; slot < side.starts[vertex + 1]!; slot++) {
      const other = side.items[slot]!;
      const weight = strength(vertex, other);
      sum += weight * (angles[other]! + sign * turns[side.edges[slot]!]! * FULL_TURN);
      total += weight;
    }
  };
  const pull: Pull = (vertex, sides) => {
    [sum, total] = [0, 0];
    if (sides !== "outward") add(vertex, inward, -1);
    if (sides !== "inward") add(vertex, outward, 1);
    if (total === 0 && sides === "inward") add(vertex, outward, 1);
    if (total === 0 && sides === "outward") add(vertex, inward, -1);
    pull.towards = total > 0 ? sum / total : angles[vertex]!;
    return total || PULL[0];
  };
  pull.towards = 0;
  return pull;
}

/**
 * The nearest ascending angles to those wanted, in which neighbours are half the sum of their `widths` apart; the whole
 * stays within one turn, which the widths must not exceed.
 */
export function spaceOut(wanted: Float64Array, widths: Float64Array, weights: Float64Array): Float64Array {
  const count = wanted.length;
  const offsets = new Float64Array(count);
  for (let at = 1; at < count; at++) offsets[at] = offsets[at - 1]! + (widths[at - 1]! + widths[at]!) / 2;
  const placed = poolAdjacent(wanted, offsets, weights);
  return count < 2 ? placed : withinOneTurn(placed, offsets, FULL_TURN - (widths[0]! + widths[count - 1]!) / 2);
}

/**
 * The places nearest to those wanted, by least squares, that keep their order and are at least as far apart as the
 * ascending `offsets`.
 */
export function poolAdjacent(wanted: Float64Array, offsets: Float64Array, weights: Float64Array): Float64Array {
  const count = wanted.length;
  const [sums, totals, ends] = [new Float64Array(count), new Float64Array(count), new Int32Array(count)];
  let blocks = 0;
  for (let at = 0; at < count; at++) {
    let total = weights[at]!;
    let sum = (wanted[at]! - offsets[at]!) * total;
    while (blocks > 0 && sums[blocks - 1]! / totals[blocks - 1]! >= sum / total) {
      blocks--;
      sum += sums[blocks]!;
      total += totals[blocks]!;
    }
    [sums[blocks], totals[blocks], ends[blocks]] = [sum, total, at + 1];
    blocks++;
  }
  const placed = new Float64Array(count);
  for (let block = 0, at = 0; block < blocks; block++) {
    for (const first = sums[block]! / totals[block]!; at < ends[block]!; at++) placed[at] = first + offsets[at]!;
  }
  return placed;
}

function withinOneTurn(placed: Float64Array, offsets: Float64Array, room: number): Float64Array {
  const last = placed.length - 1;
  if (placed[last]! - placed[0]! <= room) return placed;
  let middle = 0;
  for (const angle of placed) middle += angle / placed.length;
  const lowest = middle - room / 2;
  return placed.map((angle, at) =>
    Math.min(Math.max(angle, lowest + offsets[at]!), lowest + room - (offsets[last]! - offsets[at]!)),
  );
}
