import { FULL_TURN } from "./arrangement";
import type { Digraph } from "./digraph";
import { radii, radiusAt, SPACING, type Spacing } from "./radii";
import { rank } from "./ranks";
import { cutIntoRings, type Rings } from "./rings";
import { straighten } from "./straightening";
import { arrangeInSectors, type Sectors } from "./sectors";
import { arrange } from "./sweeps";
import { aligning, facing } from "./turning";

export interface LayoutOptions {
  readonly spacing?: Spacing;
  /** Angles (radians) of the same vertices in an earlier layout; NaN for one that is new. */
  readonly previousAngles?: Float64Array;
  /** Vertices that stay together on every ring. */
  readonly sectors?: Sectors;
}

export interface Layout {
  /** Ring, angle (radians, unrolled: neighbours may differ by full turns) and radius (px) by vertex, dummies last. */
  readonly ranks: Int32Array;
  readonly angles: Float64Array;
  readonly radii: Float64Array;
  readonly ringRadii: Float64Array;
  /**
   * The way of every edge: `path[pathStarts[e]]` up to `pathStarts[e + 1]` are the vertices it passes, both ends
   * included.
   */
  readonly pathStarts: Int32Array;
  readonly path: Int32Array;
  /** Full turns to add to the angle of the vertex at the same place in `path`, relative to the one before. */
  readonly pathTurns: Int8Array;
  readonly closesCycle: Uint8Array;
  /** As counted when the graph was last laid out as a whole, which then had `settled` vertices. */
  readonly crossings: number;
  readonly settled: number;
}

/** Places a graph on concentric rings. Deterministic: the same graph and options give the same picture. */
export function layOut(graph: Digraph, { spacing = SPACING, previousAngles, sectors }: LayoutOptions = {}): Layout {
  const ranked = rank(graph);
  const rings = cutIntoRings(graph, ranked);
  const options = {
    ...(previousAngles ? { preferred: preferences(rings, previousAngles) } : {}),
    sweeps: sweepsFor(rings),
    siftingBudget: siftingFor(rings),
  };
  const arranged = sectors?.parents.length ? arrangeInSectors(graph, rings, sectors, options) : arrange(rings, options);
  const sizes = rings.rings.map((ring) => ring.length);
  const circles = radii(sizes, spacing);
  const gaps = Float64Array.from(sizes, (size, ring) => {
    const roomy = (spacing.cardWidth * 1.1) / Math.max(1, circles.inner[ring]! * circles.subRings[ring]!);
    return Math.min((FULL_TURN / Math.max(1, size)) * 0.999, roomy);
  });
  const centred = circles.inner[0] === 0;
  const angles = straighten(rings, arranged, gaps, centred);
  const outside = Float64Array.from({ length: graph.vertexCount }, (_, vertex) =>
    Number(ranked.ranks[vertex]! > 0 || !centred),
  );
  const earlier = previousAngles?.map((angle, vertex) => (outside[vertex] ? angle : Number.NaN));
  const turn = (earlier && aligning(angles, earlier)) ?? facing(angles, outside);
  for (let vertex = 0; vertex < angles.length; vertex++) angles[vertex]! += turn;
  // it has no direction: pictures too small for rings show it here
  if (centred && rings.rings[0]?.length) angles[rings.rings[0][0]!] = 0;
  const distance = new Float64Array(rings.vertexCount);
  arranged.order.forEach((ring, index) => {
    ring
      .slice()
      .sort((left, right) => angles[left]! - angles[right]!)
      .forEach((vertex, position) => (distance[vertex] = radiusAt(circles, index, position, spacing)));
  });
  return {
    ranks: ranked.ranks,
    angles,
    radii: distance,
    ringRadii: circles.inner,
    ...paths(graph, rings, arranged.turns),
    closesCycle: ranked.closesCycle,
    crossings: arranged.crossings,
    settled: graph.vertexCount,
  };
}

/** Large graphs get fewer sweeps, so that ten thousand vertices stay within 150 ms. */
function sweepsFor(rings: Rings): number {
  const size = rings.vertexCount + rings.segmentSources.length;
  if (size > 15_000) return 1;
  return size > 4_000 ? 8 : 24;
}

/** Comparisons, some 10 ns each. Counted and not timed, so that a graph looks the same on every machine. */
function siftingFor(rings: Rings): number {
  return rings.vertexCount + rings.segmentSources.length > 15_000 ? 0 : 4_000_000;
}

function preferences(rings: Rings, previous: Float64Array): Float64Array {
  return Float64Array.from({ length: rings.vertexCount }, (_, vertex) => {
    const angle = previous[vertex] ?? Number.NaN;
    return Number.isNaN(angle) ? Number.MAX_VALUE : angle;
  });
}

function paths(graph: Digraph, rings: Rings, turns: Int8Array): Pick<Layout, "pathStarts" | "path" | "pathTurns"> {
  const { sources, targets } = graph;
  const pathStarts = new Int32Array(sources.length + 1);
  const path: number[] = [];
  const pathTurns: number[] = [];
  for (let edge = 0; edge < sources.length; edge++) {
    path.push(sources[edge]!);
    pathTurns.push(0);
    let segment = rings.firstSegment[edge]!;
    if (segment >= 0) {
      for (; rings.segmentTargets[segment] !== targets[edge]; segment++) {
        path.push(rings.segmentTargets[segment]!);
        pathTurns.push(turns[segment]!);
      }
    }
    path.push(targets[edge]!);
    pathTurns.push(segment >= 0 ? turns[segment]! : 0);
    pathStarts[edge + 1] = path.length;
  }
  return { pathStarts, path: Int32Array.from(path), pathTurns: Int8Array.from(pathTurns) };
}
