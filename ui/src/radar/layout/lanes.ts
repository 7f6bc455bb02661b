/**
 * Gives every arc a radius of its own between two rings, so that no two lie on one another and each can be followed.
 *
 * What leaves one vertex the same way shares a lane. Where more lanes would be needed than can be told apart, the
 * annulus is a ribbon with a count.
 */
import { type Arc, assignLanes } from "./arcs";
import { FULL_TURN } from "./arrangement";
import type { Digraph } from "./digraph";
import type { Layout } from "./layout";

const MOST_LANES = 40;
const ROUND = 0.9; // of the way to the next lane that is taken
const STRAIGHT = 1e-6;

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
  /** By place in `layout.path`: how far inwards and outwards of the arc its corners may reach. */
  readonly inside: Float64Array;
  readonly outside: Float64Array;
  readonly ribbons: readonly Ribbon[];
}

interface Bundle extends Arc {
  places: number[];
}

export function route(graph: Digraph, layout: Layout): Routes {
  const { path, pathStarts, angles, radii, ranks, ringRadii, closesCycle } = layout;
  const numbers = () => new Float64Array(path.length);
  const routes = {
    arcRadii: numbers(),
    from: numbers(),
    to: numbers(),
    inside: numbers().fill(Infinity),
    outside: numbers().fill(Infinity),
  };
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
      const [low, high, toRight] = [Math.min(angle, next), Math.max(angle, next), next > angle];
      angle = next;
      if (closesCycle[edge] || high - low < STRAIGHT) continue;
      const bundles = annuli[ring + at - pathStarts[edge]! - 1]!;
      const key = 2 * source + Number(toRight);
      const bundle = bundles.get(key);
      if (bundle) {
        bundle.low = Math.min(bundle.low, low);
        bundle.high = Math.max(bundle.high, high);
        bundle.places.push(at);
      } else bundles.set(key, { source, low, high, toRight, places: [at] });
    }
  }
  const reach = new Float64Array(ringRadii);
  for (let vertex = 0; vertex < ranks.length; vertex++)
    reach[ranks[vertex]!] = Math.max(reach[ranks[vertex]!]!, radii[vertex]!);
  const ribbons: Ribbon[] = [];
  annuli.forEach((found, ring) => {
    if (found.size === 0 || ring + 1 >= ringRadii.length) return;
    const gap = ringRadii[ring + 1]! - reach[ring]!;
    const [inner, outer] = [reach[ring]! + gap * 0.3, ringRadii[ring + 1]! - gap * 0.3];
    const bundles = [...found.values()];
    const { lanes, inside, outside, many } = assignLanes(bundles, MOST_LANES);
    const apart = (outer - inner) / Math.min(many, MOST_LANES);
    bundles.forEach(({ places }, bundle) => {
      for (const at of places) {
        const radius = inner + apart * ((lanes[bundle]! % MOST_LANES) + 0.5);
        // Where several share the arc, a short one parts from it as late as the long ones let it.
        const most = places.length > 1 ? (radius * Math.abs(routes.to[at]! - routes.from[at]!)) / 2 : Infinity;
        routes.arcRadii[at] = radius;
        routes.inside[at] = lanes[bundle]! < inside[bundle]! ? most : Math.min(most, apart * inside[bundle]! * ROUND);
        routes.outside[at] =
          lanes[bundle]! + outside[bundle]! >= many ? most : Math.min(most, apart * outside[bundle]! * ROUND);
      }
    });
    if (many > MOST_LANES)
      ribbons.push({ inner, outer, edges: bundles.reduce((sum, { places }) => sum + places.length, 0) });
  });
  return { ...routes, ribbons };
}

/**
 * The angle at a place of a path, counted on from where the path came; never more than a little over half a turn away.
 */
function unrolled({ angles, path, pathTurns }: Layout, at: number, angle: number): number {
  const turned = angle - angles[path[at - 1]!]! + angles[path[at]!]! + pathTurns[at]! * FULL_TURN;
  return Math.abs(turned - angle) <= 0.6 * FULL_TURN
    ? turned
    : turned - Math.round((turned - angle) / FULL_TURN) * FULL_TURN;
}
