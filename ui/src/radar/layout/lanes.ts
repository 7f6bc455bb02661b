/**
 * Gives every arc a radius of its own between two rings, so that no two lie on one another and each can be followed.
 *
 * Arcs that leave one vertex share a lane, as they part from one stub. Lanes are taken by the left-edge rule: in order of where arcs begin,
 * the lowest lane that is free again. Where more lanes would be needed than can be told apart, the annulus is a ribbon with a count.
 */
import { FULL_TURN } from "./arrangement";
import type { Graph } from "./graph";
import type { Layout } from "./layout";

const MOST_LANES = 40;
const CLEARANCE = 0.02; // radians between two arcs of one lane
const STRAIGHT = 1e-3;

export interface Ribbon {
  readonly inner: number;
  readonly outer: number;
  readonly edges: number;
}

export interface Routes {
  /** By place in `layout.path`: the radius of the arc that leads there, and the unrolled angles it goes from and to. */
  readonly arcRadii: Float64Array;
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly ribbons: readonly Ribbon[];
}

interface Bundle {
  start: number;
  end: number;
  places: number[];
}

export function route(graph: Graph, layout: Layout): Routes {
  const { path, pathStarts, angles, radii, ranks, ringRadii, closesCycle } = layout;
  const routes = { arcRadii: new Float64Array(path.length), from: new Float64Array(path.length), to: new Float64Array(path.length) };
  const annuli = Array.from(ringRadii, () => new Map<number, Bundle>());
  for (let edge = 0; edge < graph.sources.length; edge++) {
    const ring = ranks[graph.sources[edge]!]!;
    let angle = angles[path[pathStarts[edge]!]!]!;
    for (let at = pathStarts[edge]! + 1; at < pathStarts[edge + 1]!; at++) {
      const [source, target] = [path[at - 1]!, path[at]!];
      const next = unrolled(layout, at, angle);
      if (radii[source] === 0) angle = next; // from the middle every way is straight
      routes.from[at] = angle;
      routes.to[at] = next;
      routes.arcRadii[at] = (radii[source]! + radii[target]!) / 2;
      const low = Math.min(angle, next);
      const high = Math.max(angle, next);
      angle = next;
      if (closesCycle[edge] || high - low < STRAIGHT) continue;
      const bundles = annuli[ring + at - pathStarts[edge]! - 1]!;
      const bundle = bundles.get(source);
      if (bundle) {
        const turned = Math.round((bundle.start - low) / FULL_TURN) * FULL_TURN;
        bundle.start = Math.min(bundle.start, low + turned);
        bundle.end = Math.max(bundle.end, high + turned);
        bundle.places.push(at);
      } else bundles.set(source, { start: low, end: high, places: [at] });
    }
  }
  const reach = new Float64Array(ringRadii);
  for (let vertex = 0; vertex < ranks.length; vertex++) reach[ranks[vertex]!] = Math.max(reach[ranks[vertex]!]!, radii[vertex]!);
  const ribbons: Ribbon[] = [];
  annuli.forEach((bundles, ring) => {
    if (bundles.size === 0 || ring + 1 >= ringRadii.length) return;
    const gap = ringRadii[ring + 1]! - reach[ring]!;
    const [inner, outer] = [reach[ring]! + gap * 0.3, ringRadii[ring + 1]! - gap * 0.3];
    const { lane, many } = colour([...bundles.values()]);
    const shown = Math.min(many, MOST_LANES);
    let edges = 0;
    lane.forEach((number, bundle) => {
      edges += bundle.places.length;
      for (const at of bundle.places) routes.arcRadii[at] = inner + ((outer - inner) * ((number % MOST_LANES) + 0.5)) / shown;
    });
    if (many > MOST_LANES) ribbons.push({ inner, outer, edges });
  });
  return { ...routes, ribbons };
}

/** The angle at a place of a path, counted on from where the path came; never more than a little over half a turn away. */
function unrolled({ angles, path, pathTurns }: Layout, at: number, angle: number): number {
  const turned = angle - angles[path[at - 1]!]! + angles[path[at]!]! + pathTurns[at]! * FULL_TURN;
  return Math.abs(turned - angle) <= 0.6 * FULL_TURN ? turned : turned - Math.round((turned - angle) / FULL_TURN) * FULL_TURN;
}

function colour(bundles: Bundle[]): { lane: Map<Bundle, number>; many: number } {
  for (const bundle of bundles) {
    const turns = Math.floor(bundle.start / FULL_TURN) * FULL_TURN;
    bundle.start -= turns;
    bundle.end -= turns;
  }
  bundles.sort((left, right) => left.start - right.start);
  const lane = new Map<Bundle, number>();
  const lanes: { first: number; last: number }[] = [];
  let spare = 0;
  for (const bundle of bundles) {
    if (lanes.length > MOST_LANES) {
      lane.set(bundle, spare++ % MOST_LANES); // it is a ribbon already, and looking for free lanes would take ever longer
      continue;
    }
    let free = lanes.findIndex(({ first, last }) => last + CLEARANCE < bundle.start && bundle.end + CLEARANCE < first + FULL_TURN);
    if (free < 0) free = lanes.push({ first: bundle.start, last: bundle.end }) - 1;
    else lanes[free]!.last = bundle.end;
    lane.set(bundle, free);
  }
  return { lane, many: lanes.length };
}
