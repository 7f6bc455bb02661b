/** The ground that an opened subflow stands on. */
import { CARD_HEIGHT, CARD_WIDTH } from "./camera";
import type { Places } from "./places";
import type { Scene } from "./scene";

const MARGIN = 20;

/** For each opened subflow, outer ones first, its area in the world's pixels. */
export function tintsOf(scene: Scene, places: Places, radial: boolean): Path2D[] {
  const { sectorOf, sectorParents } = scene.shown;
  const depth = (sector: number): number => (sector < 0 ? 0 : 1 + depth(sectorParents[sector]!));
  const order = [...sectorParents.keys()].sort((left, right) => depth(left) - depth(right));
  return order.map((sector) => {
    const members: number[] = [];
    sectorOf.forEach((each, node) => {
      for (let around = each; around >= 0; around = sectorParents[around]!) if (around === sector) members.push(node);
    });
    return radial ? wedge(scene, members) : box(places, members);
  });
}

function box({ x, y }: Places, members: readonly number[]): Path2D {
  const path = new Path2D();
  const [xs, ys] = [members.map((node) => x[node]!), members.map((node) => y[node]!)];
  const [left, top] = [Math.min(...xs) - CARD_WIDTH / 2 - MARGIN, Math.min(...ys) - CARD_HEIGHT / 2 - MARGIN];
  path.roundRect(left, top, Math.max(...xs) + CARD_WIDTH / 2 + MARGIN - left, Math.max(...ys) + CARD_HEIGHT / 2 + MARGIN - top, 24);
  return path;
}

/** From the subflow's own node outwards, on each ring as wide as what it holds there. */
function wedge({ layout }: Scene, members: readonly number[]): Path2D {
  const spans = new Map<number, { low: number; high: number; inner: number; outer: number }>();
  const head = layout.angles[members[0]!]!;
  for (const node of members) {
    const [radius, ring] = [layout.radii[node]!, layout.ranks[node]!];
    if (radius === 0) continue;
    const angle = layout.angles[node]! - Math.round((layout.angles[node]! - head) / (2 * Math.PI)) * 2 * Math.PI;
    const half = (CARD_WIDTH / 2 + MARGIN) / radius;
    const span = spans.get(ring) ?? { low: Infinity, high: -Infinity, inner: Infinity, outer: 0 };
    spans.set(ring, { low: Math.min(span.low, angle - half), high: Math.max(span.high, angle + half), inner: Math.min(span.inner, radius), outer: Math.max(span.outer, radius) });
  }
  const path = new Path2D();
  const rings = [...spans.keys()].sort((left, right) => left - right).map((ring) => spans.get(ring)!);
  if (!rings.length) return path;
  if (rings.some(({ low, high }) => high - low >= 2 * Math.PI)) {
    path.arc(0, 0, rings.at(-1)!.outer + CARD_HEIGHT / 2 + MARGIN, 0, 2 * Math.PI);
    return path;
  }
  const margin = CARD_HEIGHT / 2 + MARGIN;
  const [first, last] = [rings[0]!, rings.at(-1)!];
  path.arc(0, 0, Math.max(0, first.inner - margin), first.low, first.high);
  rings.forEach(({ high, outer }, at) => {
    const until = at + 1 < rings.length ? (outer + rings[at + 1]!.inner) / 2 : outer + margin;
    side(path, high, outer, until, rings[at + 1]?.high ?? high);
  });
  path.arc(0, 0, last.outer + margin, last.high, last.low, true);
  [...rings].reverse().forEach(({ low, inner }, at) => {
    const inside = rings[rings.length - 2 - at];
    side(path, low, inner, inside ? (inner + inside.outer) / 2 : Math.max(0, inner - margin), inside?.low ?? low);
  });
  path.closePath();
  return path;
}

/** Along a ring's border, and half of the way over to the next one's. */
function side(path: Path2D, angle: number, radius: number, until: number, next: number): void {
  const middle = (angle + next) / 2;
  path.lineTo(radius * Math.cos(angle), radius * Math.sin(angle));
  path.lineTo(until * Math.cos(middle), until * Math.sin(middle));
}
