import { CARD_HEIGHT, CARD_WIDTH } from "./card";
import type { Positions } from "./positions";
import type { LaidOutGraph } from "./laidOutGraph";

export interface Bounds {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** What the ground of an opened subflow takes around its cards. */
const GROUND = 40;
const MOST_EDGES = 4000;
const STEPS = 8;

/** What a picture takes: its cards and, on rings, the arcs of its edges. */
export function boundsOf(
  { layout, routes, digraph, sectorParents }: LaidOutGraph,
  positions: Positions,
  radial: boolean,
): Bounds {
  const found = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  const take = (x: number, y: number, halfWidth: number, halfHeight: number): void => {
    found.left = Math.min(found.left, x - halfWidth);
    found.right = Math.max(found.right, x + halfWidth);
    found.top = Math.min(found.top, y - halfHeight);
    found.bottom = Math.max(found.bottom, y + halfHeight);
  };
  const ground = sectorParents.length ? GROUND : 0;
  for (let node = 0; node < positions.nodeCount; node++)
    take(positions.x[node]!, positions.y[node]!, CARD_WIDTH / 2 + ground, CARD_HEIGHT / 2 + ground);
  if (radial && digraph.sources.length <= MOST_EDGES) {
    for (let edge = 0; edge < digraph.sources.length; edge++) {
      for (let at = layout.pathStarts[edge]! + 1; at < layout.pathStarts[edge + 1]!; at++) {
        for (let step = 0; step <= STEPS; step++) {
          const angle = routes.from[at]! + ((routes.to[at]! - routes.from[at]!) * step) / STEPS;
          take(routes.arcRadii[at]! * Math.cos(angle), routes.arcRadii[at]! * Math.sin(angle), 4 + ground, 4 + ground);
        }
      }
    }
  }
  return found.left > found.right ? { left: -1, right: 1, top: -1, bottom: 1 } : found;
}
