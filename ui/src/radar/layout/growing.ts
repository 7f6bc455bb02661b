/**
 * Takes new vertices into a layout without moving those that are there.
 *
 * A new vertex goes to the gap on its ring that is nearest to where it stood in an earlier run, or else to its
 * upstreams' direction; where its ring is full, to a sub-ring just outside. A vertex that is now behind a longer path
 * moves to its new ring, and nothing else does.
 */
import { FULL_TURN } from "./arrangement";
import { neighbours, type Digraph } from "./digraph";
import { nearestGap } from "./insertion";
import type { Layout } from "./layout";
import { SPACING, type Spacing } from "./radii";
import { rank } from "./ranks";

export interface KnownLayout {
  readonly graph: Digraph;
  readonly layout: Layout;
}

/** Lay out again from scratch once a graph has grown by more than this factor since the last full layout. */
const MOST_GROWTH = 2;
const MOST_MOVED = 0.1;
const SUB_RINGS = 4;

/**
 * `was[vertex]` is the vertex's number in `known`, −1 for one that is new; `seed` the angles that new ones had in
 * another run, NaN for none. Answers null where keeping places is no longer worth it: much has come or gone since the
 * last whole layout, or the middle is taken by what no longer is the only root.
 */
export function grow(
  graph: Digraph,
  known: KnownLayout,
  was: Int32Array,
  seed: Float64Array | null = null,
  { cardWidth, ringGap }: Spacing = SPACING,
): Layout | null {
  const { layout, graph: old } = known;
  const { ranks, ringCount, closesCycle } = rank(graph);
  const stays = Uint8Array.from(was, (before, vertex) => Number(before >= 0 && layout.ranks[before] === ranks[vertex]));
  const kept = was.reduce((sum, before) => sum + Number(before >= 0), 0);
  const staying = stays.reduce((sum, stay) => sum + stay, 0);
  const roots = ranks.reduce((sum, ring) => sum + Number(ring === 0), 0);
  if (graph.vertexCount > MOST_GROWTH * layout.settled || kept - staying > MOST_MOVED * kept + 1) return null;
  if (
    kept < (1 - MOST_MOVED) * old.vertexCount ||
    layout.ringRadii.length === 0 ||
    (layout.ringRadii[0] === 0 && roots > 1)
  )
    return null;

  const ringRadii = new Float64Array(ringCount);
  for (let ring = 0; ring < ringCount; ring++)
    ringRadii[ring] = layout.ringRadii[ring] ?? ringRadii[ring - 1]! + ringGap * 1.5;
  const room = Float64Array.from(ringRadii, (radius, ring) =>
    ring + 1 < ringCount ? ringRadii[ring + 1]! - radius : Infinity,
  );
  const angles: number[] = Array.from(was, (before, vertex) => (stays[vertex] ? layout.angles[before]! : Number.NaN));
  const radii: number[] = Array.from(was, (before, vertex) => (stays[vertex] ? layout.radii[before]! : Number.NaN));
  const members: number[][] = Array.from({ length: ringCount }, () => []);
  for (let vertex = 0; vertex < graph.vertexCount; vertex++) if (stays[vertex]) members[ranks[vertex]!]!.push(vertex);

  const inward = neighbours(graph.vertexCount, graph.targets, graph.sources);
  const newcomers = Array.from(stays.keys()).filter((vertex) => !stays[vertex]);
  newcomers.sort((left, right) => ranks[left]! - ranks[right]! || left - right);
  for (const vertex of newcomers) {
    const ring = ranks[vertex]!;
    const seeded = seed?.[vertex] ?? Number.NaN;
    const wanted =
      (Number.isNaN(seeded) ? null : seeded) ??
      direction(inward.items.subarray(inward.starts[vertex]!, inward.starts[vertex + 1]!), angles) ??
      angles[members[ring]!.at(-1) ?? -1] ??
      0;
    let least = Infinity;
    for (
      let layer = 0;
      layer < SUB_RINGS && (layer === 0 || (layer * ringGap) / 2 < room[ring]! - ringGap / 3);
      layer++
    ) {
      const radius = ringRadii[ring]! + (layer * ringGap) / 2;
      const gap = Math.min(cardWidth / Math.max(radius, 1), FULL_TURN / 2);
      const taken = Float64Array.from(
        members[ring]!.filter((other) => Math.abs(radii[other]! - radius) < ringGap / 4),
        (other) => angles[other]!,
      );
      const angle = nearestGap(taken, wanted, gap);
      const nearest = taken.reduce((most, other) => Math.min(most, apart(other, angle)), gap);
      const cost = apart(angle, wanted) * radius + (gap - nearest) * radius * 8 + layer * cardWidth * 0.5;
      if (cost < least) [least, angles[vertex], radii[vertex]] = [cost, angle, radius];
    }
    members[ring]!.push(vertex);
  }
  const ways = waysOf(graph, known, was, stays, { ranks, closesCycle, angles, radii, ringRadii });
  return {
    ...layout,
    ...ways,
    ranks,
    ringRadii,
    closesCycle,
    angles: Float64Array.from(angles),
    radii: Float64Array.from(radii),
  };
}

interface Placed {
  ranks: Int32Array;
  closesCycle: Uint8Array;
  /** By vertex; dummies are added at the end. */
  angles: number[];
  radii: number[];
  ringRadii: Float64Array;
}

/** Edges between vertices that stay keep their way; new ones go straight, by the short way round. */
function waysOf(
  graph: Digraph,
  { graph: old, layout }: KnownLayout,
  was: Int32Array,
  stays: Uint8Array,
  placed: Placed,
): Pick<Layout, "pathStarts" | "path" | "pathTurns"> {
  const { ranks, angles, radii, ringRadii } = placed;
  const edgeOf = new Map<number, number>();
  for (let edge = 0; edge < old.sources.length; edge++)
    edgeOf.set(old.sources[edge]! * old.vertexCount + old.targets[edge]!, edge);
  const pathStarts = new Int32Array(graph.sources.length + 1);
  const path: number[] = [];
  const pathTurns: number[] = [];
  const step = (vertex: number, turn: number): void => {
    path.push(vertex);
    pathTurns.push(turn);
  };
  const dummy = (angle: number, radius: number): number => {
    radii.push(radius);
    return angles.push(angle) - 1;
  };
  for (let edge = 0; edge < graph.sources.length; edge++) {
    const [source, target] = [graph.sources[edge]!, graph.targets[edge]!];
    const before =
      stays[source] && stays[target] ? edgeOf.get(was[source]! * old.vertexCount + was[target]!) : undefined;
    step(source, 0);
    if (before !== undefined) {
      for (let at = layout.pathStarts[before]! + 1; at < layout.pathStarts[before + 1]! - 1; at++) {
        step(dummy(layout.angles[layout.path[at]!]!, layout.radii[layout.path[at]!]!), layout.pathTurns[at]!);
      }
      step(target, layout.pathTurns[layout.pathStarts[before + 1]! - 1]!);
    } else {
      const turn = -Math.round((angles[target]! - angles[source]!) / FULL_TURN);
      const [from, to] = [angles[source]!, angles[target]! + turn * FULL_TURN];
      const rings = ranks[target]! - ranks[source]!;
      for (let ring = 1; ring < rings; ring++)
        step(dummy(from + ((to - from) * ring) / rings, ringRadii[ranks[source]! + ring]!), 0);
      step(target, turn);
    }
    pathStarts[edge + 1] = path.length;
  }
  return { pathStarts, path: Int32Array.from(path), pathTurns: Int8Array.from(pathTurns) };
}

/** The circular mean of the vertices' angles, or null where it has none. */
function direction(vertices: Int32Array, angles: readonly number[]): number | null {
  let [x, y] = [0, 0];
  for (const vertex of vertices) {
    if (Number.isNaN(angles[vertex])) continue; // only where data has a cycle
    x += Math.cos(angles[vertex]!);
    y += Math.sin(angles[vertex]!);
  }
  return x * x + y * y < 1e-12 ? null : Math.atan2(y, x);
}

const apart = (one: number, other: number): number =>
  Math.abs(Math.atan2(Math.sin(one - other), Math.cos(one - other)));
