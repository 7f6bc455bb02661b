import type { Rings } from "./rings";

export const FULL_TURN = Math.PI * 2;

/**
 * Where every vertex stands on its ring, and which way round every segment goes.
 *
 * A segment runs from `angles[source]` to `angles[target] + turns[segment]` full turns. Whether two segments cross
 * depends only on these, so angles may later be moved without passing a neighbour and no crossing is made.
 */
export interface Arrangement {
  readonly order: readonly Int32Array[];
  readonly angles: Float64Array;
  readonly turns: Int8Array;
}

/** Spreads each ring's vertices evenly, in the order given, starting `offsets[ring]` radians after zero. */
export function spreadEvenly(order: readonly Int32Array[], vertexCount: number): Float64Array {
  const angles = new Float64Array(vertexCount);
  for (const ring of order) {
    ring.forEach((vertex, position) => {
      angles[vertex] = (FULL_TURN * (position + 0.5)) / ring.length;
    });
  }
  return angles;
}

/** Sends every segment the short way round. */
export function shortestTurns(rings: Rings, angles: Float64Array): Int8Array {
  const turns = new Int8Array(rings.segmentSources.length);
  for (let segment = 0; segment < turns.length; segment++) {
    const difference = angles[rings.segmentTargets[segment]!]! - angles[rings.segmentSources[segment]!]!;
    turns[segment] = -Math.round(difference / FULL_TURN);
  }
  return turns;
}
