import { neighbours, type Digraph, type Neighbours } from "./digraph";
import type { Ranks } from "./ranks";

/**
 * The graph with its long edges cut into segments that each join two neighbouring rings. Vertices from `realCount` on
 * are dummies: they hold a place on a ring for an edge that passes through, so that the edge can be traced.
 */
export interface Rings {
  readonly realCount: number;
  readonly vertexCount: number;
  readonly ringOf: Int32Array;
  readonly rings: readonly Int32Array[];
  readonly segmentSources: Int32Array;
  readonly segmentTargets: Int32Array;
  readonly inward: Neighbours;
  readonly outward: Neighbours;
  /** The first segment of each edge, or −1 for an edge without segments; an edge's segments are consecutive. */
  readonly firstSegment: Int32Array;
}

/** Past this many dummies per edge and vertex the longest edges are drawn without: a bound for dense, deep graphs. */
const DUMMIES_PER_ELEMENT = 2;

export function cutIntoRings(graph: Digraph, { ranks, ringCount, closesCycle }: Ranks): Rings {
  const { vertexCount: realCount, sources, targets } = graph;
  const edgeCount = sources.length;
  const span = (edge: number): number => ranks[targets[edge]!]! - ranks[sources[edge]!]!;
  const longestSpan = spanWithinBudget(edgeCount, span, DUMMIES_PER_ELEMENT * (realCount + edgeCount) + 1000);
  const firstSegment = new Int32Array(edgeCount).fill(-1);
  const segmentSources: number[] = [];
  const segmentTargets: number[] = [];
  const dummyRings: number[] = [];
  for (let edge = 0; edge < edgeCount; edge++) {
    if (closesCycle[edge] || span(edge) < 1 || span(edge) > longestSpan) continue;
    firstSegment[edge] = segmentSources.length;
    let from = sources[edge]!;
    for (let ring = ranks[from]! + 1; ring < ranks[targets[edge]!]!; ring++) {
      const dummy = realCount + dummyRings.length;
      dummyRings.push(ring);
      segmentSources.push(from);
      segmentTargets.push(dummy);
      from = dummy;
    }
    segmentSources.push(from);
    segmentTargets.push(targets[edge]!);
  }
  const vertexCount = realCount + dummyRings.length;
  const ringOf = new Int32Array(vertexCount);
  ringOf.set(ranks);
  ringOf.set(dummyRings, realCount);
  const from = Int32Array.from(segmentSources);
  const to = Int32Array.from(segmentTargets);
  return {
    realCount,
    vertexCount,
    ringOf,
    rings: membersByRing(ringOf, ringCount),
    segmentSources: from,
    segmentTargets: to,
    inward: neighbours(vertexCount, to, from),
    outward: neighbours(vertexCount, from, to),
    firstSegment,
  };
}

function spanWithinBudget(edgeCount: number, span: (edge: number) => number, budget: number): number {
  const spans = new Int32Array(edgeCount);
  for (let edge = 0; edge < edgeCount; edge++) spans[edge] = span(edge);
  spans.sort();
  let used = 0;
  for (const value of spans) {
    used += Math.max(0, value - 1);
    if (used > budget) return value - 1;
  }
  return Number.MAX_SAFE_INTEGER;
}

function membersByRing(ringOf: Int32Array, ringCount: number): Int32Array[] {
  const sizes = new Int32Array(ringCount);
  for (const ring of ringOf) sizes[ring]!++;
  const rings = Array.from(sizes, (size) => new Int32Array(size));
  const filled = new Int32Array(ringCount);
  ringOf.forEach((ring, vertex) => {
    rings[ring]![filled[ring]!++] = vertex;
  });
  return rings;
}
