/**
 * Moves vertices along their rings towards their neighbours without passing one another, so that arcs become short.
 *
 * The order on each ring and the turns of each segment stay, hence no crossing is made. A ring is solved as a whole: the least
 * squares answer that keeps an order with a gap is found by pooling neighbours that want to pass one another.
 */
import { FULL_TURN, type Arrangement } from "./arrangement";
import type { Neighbours } from "./graph";
import type { Rings } from "./rings";

const PASSES = 4;

/** `gaps[ring]`: the least angle between two neighbours of that ring, at most a full turn divided by their number. */
export function straighten(rings: Rings, arrangement: Arrangement, gaps: Float64Array): Float64Array {
  const angles = arrangement.angles.slice();
  const order = arrangement.order.map((ring) => ring.slice().sort((left, right) => angles[left]! - angles[right]!));
  for (let pass = 0; pass < PASSES; pass++) {
    const outwards = pass % 2 === 0;
    for (let step = 0; step < order.length; step++) {
      const ring = outwards ? step : order.length - 1 - step;
      const members = order[ring]!;
      const wanted = Float64Array.from(members, (vertex) => wantedAngle(rings, arrangement.turns, angles, vertex, outwards));
      const placed = spaced(wanted, gaps[ring]!);
      members.forEach((vertex, position) => (angles[vertex] = placed[position]!));
    }
  }
  return angles;
}

function wantedAngle(rings: Rings, turns: Int8Array, angles: Float64Array, vertex: number, outwards: boolean): number {
  const first = outwards ? rings.inward : rings.outward;
  const second = outwards ? rings.outward : rings.inward;
  const side = degree(first, vertex) > 0 ? first : second;
  const sign = side === rings.inward ? -1 : 1;
  const count = degree(side, vertex);
  if (count === 0) return angles[vertex]!;
  let sum = 0;
  for (let slot = side.starts[vertex]!; slot < side.starts[vertex + 1]!; slot++) {
    sum += angles[side.items[slot]!]! + sign * turns[side.edges[slot]!]! * FULL_TURN;
  }
  return sum / count;
}

function degree(side: Neighbours, vertex: number): number {
  return side.starts[vertex + 1]! - side.starts[vertex]!;
}

/** The nearest ascending angles to those wanted, `gap` apart, the whole within one turn less a gap. */
export function spaced(wanted: Float64Array, gap: number): Float64Array {
  const count = wanted.length;
  const sums: number[] = [];
  const sizes: number[] = [];
  for (let position = 0; position < count; position++) {
    let sum = wanted[position]! - gap * position;
    let size = 1;
    while (sums.length > 0 && sums[sums.length - 1]! / sizes[sizes.length - 1]! >= sum / size) {
      sum += sums.pop()!;
      size += sizes.pop()!;
    }
    sums.push(sum);
    sizes.push(size);
  }
  const placed = new Float64Array(count);
  let position = 0;
  sums.forEach((sum, block) => {
    for (let left = sizes[block]!; left > 0; left--) placed[position] = sum / sizes[block]! + gap * position++;
  });
  return withinOneTurn(placed, gap);
}

function withinOneTurn(placed: Float64Array, gap: number): Float64Array {
  const count = placed.length;
  const room = FULL_TURN - gap;
  if (count < 2 || placed[count - 1]! - placed[0]! <= room) return placed;
  let middle = 0;
  for (const angle of placed) middle += angle / count;
  const lowest = middle - room / 2;
  return placed.map((angle, position) =>
    Math.min(Math.max(angle, lowest + gap * position), lowest + room - gap * (count - 1 - position)),
  );
}
