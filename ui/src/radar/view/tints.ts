/** The ground that an opened subflow stands on. */
import { CARD_HEIGHT, CARD_WIDTH } from "./camera";
import type { Places } from "./places";
import type { Structure } from "./structure";

const MARGIN = 20;

/** For each opened subflow, outer ones first, its area in the world's pixels. */
export function tintsOf(structure: Structure, places: Places, radial: boolean): Path2D[] {
  const { sectorOf, sectorParents } = structure;
  const depth = (sector: number): number => (sector < 0 ? 0 : 1 + depth(sectorParents[sector]!));
  const order = [...sectorParents.keys()].sort((left, right) => depth(left) - depth(right));
  return order.map((sector) => {
    const members: number[] = [];
    sectorOf.forEach((each, node) => {
      for (let around = each; around >= 0; around = sectorParents[around]!) if (around === sector) members.push(node);
    });
    return radial ? wedge(structure, members) : box(places, members);
  });
}

function box({ x, y }: Places, members: readonly number[]): Path2D {
  const path = new Path2D();
  const [xs, ys] = [members.map((node) => x[node]!), members.map((node) => y[node]!)];
  const [left, top] = [Math.min(...xs) - CARD_WIDTH / 2 - MARGIN, Math.min(...ys) - CARD_HEIGHT / 2 - MARGIN];
  path.roundRect(left, top, Math.max(...xs) + CARD_WIDTH / 2 + MARGIN - left, Math.max(...ys) + CARD_HEIGHT / 2 + MARGIN - top, 24);
  return path;
}

interface Span {
  low: number;
  high: number;
  inner: number;
  outer: number;
}

/** From the subflow's own node outwards, on each ring as wide as what it holds there, the ways of its edges included. */
function wedge({ layout, shape }: Structure, members: readonly number[]): Path2D {
  const spans = new Map<number, Span>();
  const inside = new Set(members);
  let middle = Number.NaN;
  const take = (vertex: number, ring: number, width: number, height: number): void => {
    const radius = layout.radii[vertex]!;
    if (radius === 0) return;
    if (Number.isNaN(middle)) middle = layout.angles[vertex]!;
    const angle = layout.angles[vertex]! - Math.round((layout.angles[vertex]! - middle) / (2 * Math.PI)) * 2 * Math.PI;
    const [across, along] = [Math.abs(Math.sin(angle)), Math.abs(Math.cos(angle))];
    const half = (across * width + along * height) / 2 / radius;
    const reach = (along * width + across * height) / 2;
    const { low = angle, high = angle, inner = radius, outer = radius } = spans.get(ring) ?? {};
    spans.set(ring, { low: Math.min(low, angle - half), high: Math.max(high, angle + half), inner: Math.min(inner, radius - reach), outer: Math.max(outer, radius + reach) });
  };
  for (const node of members) take(node, layout.ranks[node]!, CARD_WIDTH + 2 * MARGIN, CARD_HEIGHT + 2 * MARGIN);
  for (let edge = 0; edge < shape.sources.length; edge++) {
    if (!inside.has(shape.sources[edge]!) || !inside.has(shape.targets[edge]!)) continue;
    for (let at = layout.pathStarts[edge]! + 1; at + 1 < layout.pathStarts[edge + 1]!; at++) take(layout.path[at]!, layout.ranks[shape.sources[edge]!]! + at - layout.pathStarts[edge]!, 2 * MARGIN, 2 * MARGIN);
  }
  const path = new Path2D();
  const rings = [...spans.keys()].sort((left, right) => left - right).map((ring) => spans.get(ring)!);
  if (!rings.length) return path;
  const outermost = rings.at(-1)!.outer;
  if (rings.some(({ low, high }) => high - low >= 2 * Math.PI)) {
    path.arc(0, 0, outermost, 0, 2 * Math.PI);
    return path;
  }
  // Where one ring's part ends the next one's begins, halfway between them.
  const borders = rings.slice(1).map(({ inner }, at) => (rings[at]!.outer + inner) / 2);
  const begin = layout.radii[members[0]!] === 0 ? 0 : Math.max(0, rings[0]!.inner);
  path.arc(0, 0, begin, rings[0]!.low, rings[0]!.high);
  rings.forEach(({ high }, at) => path.arc(0, 0, borders[at] ?? outermost, high, rings[at + 1]?.high ?? high, (rings[at + 1]?.high ?? high) < high));
  const last = rings.at(-1)!;
  path.arc(0, 0, outermost, last.high, last.low, true);
  for (let at = rings.length - 1; at > 0; at--) path.arc(0, 0, borders[at - 1]!, rings[at]!.low, rings[at - 1]!.low, rings[at - 1]!.low < rings[at]!.low);
  path.closePath();
  return path;
}
