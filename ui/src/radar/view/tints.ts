/** The ground that an opened subflow stands on. */
import { CARD_HEIGHT, CARD_WIDTH } from "./card";
import type { Positions } from "./positions";
import type { LaidOutGraph } from "./laidOutGraph";

const MARGIN = 20;

/** For each opened subflow, outer ones first, its area in the world's pixels. */
export function tintsOf(laidOut: LaidOutGraph, positions: Positions, radial: boolean): Path2D[] {
  const { sectorOf, sectorParents } = laidOut;
  const depth = (sector: number): number => (sector < 0 ? 0 : 1 + depth(sectorParents[sector]!));
  const order = [...sectorParents.keys()].sort((left, right) => depth(left) - depth(right));
  return order.map((sector) => {
    const members: number[] = [];
    sectorOf.forEach((each, node) => {
      for (let around = each; around >= 0; around = sectorParents[around]!) if (around === sector) members.push(node);
    });
    const path = new Path2D();
    if (radial) wedge(path, laidOut, members);
    else box(path, positions, members);
    return path;
  });
}

function box(path: Path2D, { x, y }: Positions, members: readonly number[]): void {
  const [xs, ys] = [members.map((node) => x[node]!), members.map((node) => y[node]!)];
  const [left, top] = [Math.min(...xs) - CARD_WIDTH / 2 - MARGIN, Math.min(...ys) - CARD_HEIGHT / 2 - MARGIN];
  path.roundRect(
    left,
    top,
    Math.max(...xs) + CARD_WIDTH / 2 + MARGIN - left,
    Math.max(...ys) + CARD_HEIGHT / 2 + MARGIN - top,
    24,
  );
}

interface Span {
  low: number;
  high: number;
  inner: number;
  outer: number;
}

/**
 * From the subflow's own node outwards, on each ring as wide as what it holds there, the ways of its edges included.
 */
export function wedge(
  pen: Pick<Path2D, "arc">,
  { layout, routes, digraph }: Pick<LaidOutGraph, "layout" | "routes" | "digraph">,
  members: readonly number[],
): void {
  const spans = new Map<number, Span>();
  const lanes = new Map<number, { first: number; last: number }>();
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
    spans.set(ring, {
      low: Math.min(low, angle - half),
      high: Math.max(high, angle + half),
      inner: Math.min(inner, radius - reach),
      outer: Math.max(outer, radius + reach),
    });
  };
  for (const node of members) take(node, layout.ranks[node]!, CARD_WIDTH + 2 * MARGIN, CARD_HEIGHT + 2 * MARGIN);
  for (let edge = 0; edge < digraph.sources.length; edge++) {
    if (!inside.has(digraph.sources[edge]!) || !inside.has(digraph.targets[edge]!)) continue;
    const [from, until] = [layout.pathStarts[edge]!, layout.pathStarts[edge + 1]!];
    for (let at = from + 1; at < until; at++) {
      const ring = layout.ranks[digraph.sources[edge]!]! + at - from;
      const lane = routes.arcRadii[at]!;
      const { first = lane, last = lane } = lanes.get(ring) ?? {};
      lanes.set(ring, { first: Math.min(first, lane), last: Math.max(last, lane) });
      if (at + 1 < until) take(layout.path[at]!, ring, 2 * MARGIN, 2 * MARGIN);
    }
  }
  const rings = [...spans.keys()].sort((left, right) => left - right);
  if (!rings.length) return;
  const parts = rings.map((ring) => spans.get(ring)!);
  const outermost = parts.at(-1)!.outer;
  if (parts.some(({ low, high }) => high - low >= 2 * Math.PI)) {
    pen.arc(0, 0, outermost, 0, 2 * Math.PI);
    return;
  }
  // Where one ring's part ends the next one's begins: on the side of the wider one, so that the edges between lie on
  // it.
  const border = (at: number, narrows: boolean): number => {
    const { first, last } = lanes.get(rings[at]!) ?? { first: Infinity, last: -Infinity };
    const halfway = (parts[at - 1]!.outer + parts[at]!.inner) / 2;
    return narrows ? Math.max(halfway, last + MARGIN / 2) : Math.min(halfway, first - MARGIN / 2);
  };
  const begin = layout.radii[members[0]!] === 0 ? 0 : Math.max(0, parts[0]!.inner);
  pen.arc(0, 0, begin, parts[0]!.low, parts[0]!.high);
  for (let at = 1; at < parts.length; at++) {
    const [before, after] = [parts[at - 1]!.high, parts[at]!.high];
    pen.arc(0, 0, border(at, after < before), before, after, after < before);
  }
  pen.arc(0, 0, outermost, parts.at(-1)!.high, parts.at(-1)!.low, true);
  for (let at = parts.length - 1; at > 0; at--) {
    const [after, before] = [parts[at]!.low, parts[at - 1]!.low];
    pen.arc(0, 0, border(at, after > before), after, before, before < after);
  }
  pen.arc(0, 0, begin, parts[0]!.low, parts[0]!.low); // back to where it began
}
