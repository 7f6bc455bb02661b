/**
 * Orders a graph in which some vertices belong together, so that on every ring they stand side by side.
 *
 * A sector is ordered by itself, along a line; then, ring by ring, one vertex stands for all of it while what is around
 * is ordered, and is replaced by them in the end. So a sector is contiguous by construction, whatever the ordering
 * around it does, and sectors may lie in sectors. Segments inside a sector go the way round that the sector as a whole
 * goes.
 */
import { spreadEvenly } from "./arrangement";
import { countCrossings } from "./crossings";
import { neighbours, type Digraph } from "./digraph";
import { joinOrder } from "./joins";
import type { Rings } from "./rings";
import { walkOrder } from "./seed";
import { arrange, type SweptArrangement, type SweepOptions } from "./sweeps";

/** `of[vertex]`: the sector a vertex is in, −1 for none; `parents[sector]`: the sector around it, −1 for none. */
export interface Sectors {
  readonly of: Int32Array;
  readonly parents: Int32Array;
}

const LINE_SWEEPS = 8;

export function arrangeInSectors(
  graph: Digraph,
  rings: Rings,
  sectors: Sectors,
  options: SweepOptions,
): SweptArrangement {
  const sectorOf = withDummies(graph, rings, sectors);
  const standsFor = Array.from({ length: rings.vertexCount }, (_, vertex) => [vertex]);
  const holder = Int32Array.from(standsFor.keys());
  for (const sector of innermostFirst(sectors.parents)) {
    const members = [...new Set(holder)].filter((vertex) => sectorOf[vertex] === sector);
    const { part, vertices } = partOf(rings, holder, members);
    for (const ring of lineOrder(part)) {
      if (!ring.length) continue;
      const inside = Array.from(ring, (vertex) => standsFor[vertices[vertex]!]!).flat();
      const head = vertices[ring[0]!]!;
      for (const vertex of inside) holder[vertex] = head;
      standsFor[head] = inside;
      sectorOf[head] = sectors.parents[sector]!;
    }
  }
  const { part, vertices, segments } = partOf(rings, holder, [...new Set(holder)]);
  const preferred =
    options.preferred &&
    Float64Array.from(vertices, (vertex) => Math.min(...standsFor[vertex]!.map((each) => options.preferred![each]!)));
  const arranged = arrange(part, { ...options, ...(preferred ? { preferred } : {}) });
  const order = arranged.order.map((ring) => {
    const around = ring.slice().sort((left, right) => arranged.angles[left]! - arranged.angles[right]!);
    return Int32Array.from(Array.from(around, (vertex) => standsFor[vertices[vertex]!]!).flat());
  });
  const angles = spreadEvenly(order, rings.vertexCount);
  const turns = new Int8Array(rings.segmentSources.length);
  segments.forEach((segment, at) => (turns[segment] = arranged.turns[at]!));
  return { order, angles, turns, crossings: countCrossings(rings, { angles, turns }) };
}

/** An edge belongs to the smallest sector that both its ends are in, and so do the dummies on it. */
function withDummies(graph: Digraph, rings: Rings, { of, parents }: Sectors): Int32Array {
  const sectorOf = new Int32Array(rings.vertexCount).fill(-1);
  sectorOf.set(of);
  const depthOf = (sector: number): number => (sector < 0 ? 0 : 1 + depthOf(parents[sector]!));
  for (let edge = 0; edge < graph.sources.length; edge++) {
    let segment = rings.firstSegment[edge]!;
    if (segment < 0 || rings.segmentTargets[segment] === graph.targets[edge]) continue;
    let [one, other] = [of[graph.sources[edge]!]!, of[graph.targets[edge]!]!];
    while (one !== other) {
      if (depthOf(one) >= depthOf(other)) one = parents[one]!;
      else other = parents[other]!;
    }
    for (; rings.segmentTargets[segment] !== graph.targets[edge]; segment++)
      sectorOf[rings.segmentTargets[segment]!] = one;
  }
  return sectorOf;
}

function innermostFirst(parents: Int32Array): number[] {
  const depth = (sector: number): number => (sector < 0 ? 0 : 1 + depth(parents[sector]!));
  return [...parents.keys()].sort((left, right) => depth(right) - depth(left));
}

interface Part {
  part: Rings;
  /** The vertex and the segment of the whole by number in the part. */
  vertices: readonly number[];
  segments: readonly number[];
}

/** The rings of some vertices alone; segments lead between the vertices that hold their ends. */
function partOf(rings: Rings, holder: Int32Array, vertices: readonly number[]): Part {
  const place = new Map(vertices.map((vertex, at) => [vertex, at]));
  const [segments, sources, targets]: [number[], number[], number[]] = [[], [], []];
  for (let segment = 0; segment < rings.segmentSources.length; segment++) {
    const source = place.get(holder[rings.segmentSources[segment]!]!);
    const target = place.get(holder[rings.segmentTargets[segment]!]!);
    if (source === undefined || target === undefined) continue;
    segments.push(segment);
    sources.push(source);
    targets.push(target);
  }
  const ringOf = Int32Array.from(vertices, (vertex) => rings.ringOf[vertex]!);
  const members: number[][] = rings.rings.map(() => []);
  ringOf.forEach((ring, vertex) => members[ring]!.push(vertex));
  const [from, to] = [Int32Array.from(sources), Int32Array.from(targets)];
  const part: Rings = {
    realCount: vertices.filter((vertex) => vertex < rings.realCount).length,
    vertexCount: vertices.length,
    ringOf,
    rings: members.map((ring) => Int32Array.from(ring)),
    segmentSources: from,
    segmentTargets: to,
    inward: neighbours(vertices.length, to, from),
    outward: neighbours(vertices.length, from, to),
    firstSegment: new Int32Array(0),
  };
  return { part, vertices, segments };
}

/**
 * An order with few crossings where no segment may go round: of the walk, the order of arrival and sweeps by plain
 * means, the best.
 */
function lineOrder(part: Rings): readonly Int32Array[] {
  const turns = new Int8Array(part.segmentSources.length);
  const crossings = (order: readonly Int32Array[]): number =>
    countCrossings(part, { angles: spreadEvenly(order, part.vertexCount), turns });
  let best = walkOrder(part, joinOrder(part));
  let fewest = crossings(best);
  for (const start of [best, part.rings]) {
    let order: readonly Int32Array[] = start;
    for (let sweep = 0; sweep <= LINE_SWEEPS && fewest > 0; sweep++) {
      const counted = crossings(order);
      if (counted < fewest) [best, fewest] = [order.slice(), counted];
      order = sweptByMeans(part, order, sweep % 2 === 0);
    }
  }
  return best;
}

function sweptByMeans(part: Rings, order: readonly Int32Array[], outwards: boolean): Int32Array[] {
  const { starts, items } = outwards ? part.inward : part.outward;
  const position = spreadEvenly(order, part.vertexCount);
  const swept = order.map((ring) => ring.slice());
  for (let step = 0; step < swept.length; step++) {
    const ring = swept[outwards ? step : swept.length - 1 - step]!;
    const wanted = new Map<number, number>();
    for (const vertex of ring) {
      let sum = 0;
      for (let slot = starts[vertex]!; slot < starts[vertex + 1]!; slot++) sum += position[items[slot]!]!;
      const degree = starts[vertex + 1]! - starts[vertex]!;
      wanted.set(vertex, degree ? sum / degree : position[vertex]!);
    }
    ring.sort((left, right) => wanted.get(left)! - wanted.get(right)! || position[left]! - position[right]!);
    ring.forEach((vertex, at) => (position[vertex] = (2 * Math.PI * (at + 0.5)) / ring.length));
  }
  return swept;
}
