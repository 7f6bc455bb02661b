import { poolAdjacent } from "../layout/straightening";
import type { LaidOutGraph } from "./laidOutGraph";

/**
 * What one view puts where: the centres of the nodes, and of the dummies on the ways of edges after them, in pixels
 * around the middle.
 */
export interface Positions {
  x: Float64Array;
  y: Float64Array;
  nodeCount: number;
}

/** Concentric rings: a node's angle and distance from the middle. */
export function radarPositions({ layout, digraph }: LaidOutGraph): Positions {
  const { angles, radii } = layout;
  return {
    x: radii.map((radius, at) => radius * Math.cos(angles[at]!)),
    y: radii.map((radius, at) => radius * Math.sin(angles[at]!)),
    nodeCount: digraph.vertexCount,
  };
}

const COLUMN = 300;
const ROW = 72;
const WAY = 22; // what an edge that passes a column takes of its height
const CUTS = 720;
const TURN = 2 * Math.PI;
const PASSES = 6;

/** The same order, unrolled: a column for each ring, from the left. The circle is cut where the fewest edges pass. */
export function layeredPositions(laidOut: LaidOutGraph): Positions {
  const { layout, digraph } = laidOut;
  const { angles, pathStarts, path } = layout;
  const columnOf = columns(laidOut);
  const cut = quietestAngle(laidOut);
  const members: number[][] = [];
  columnOf.forEach((column, vertex) => (members[column] ??= []).push(vertex));
  const beside: number[][] = Array.from(columnOf, () => []);
  for (let edge = 0; edge + 1 < pathStarts.length; edge++) {
    for (let at = pathStarts[edge]! + 1; at < pathStarts[edge + 1]!; at++) {
      beside[path[at]!]!.push(path[at - 1]!);
      beside[path[at - 1]!]!.push(path[at]!);
    }
  }
  const x = Float64Array.from(columnOf, (column) => (column - (members.length - 1) / 2) * COLUMN);
  const y = new Float64Array(columnOf.length);
  const room = (vertex: number) => (vertex < digraph.vertexCount ? ROW : WAY);
  const around = (vertex: number) => (((angles[vertex]! - cut) % TURN) + TURN) % TURN;
  const offsets = members.map((column) => {
    column.sort((left, right) => around(left) - around(right) || left - right);
    let used = -(column.reduce((sum, vertex) => sum + room(vertex), 0) / 2);
    return Float64Array.from(column, (vertex) => {
      y[vertex] = used + room(vertex) / 2;
      used += room(vertex);
      return y[vertex]!;
    });
  });
  for (let pass = 0; pass < PASSES; pass++) {
    for (let step = 0; step < members.length; step++) {
      const index = pass % 2 === 0 ? step : members.length - 1 - step;
      const column = members[index] ?? [];
      const wanted = Float64Array.from(column, (vertex) =>
        beside[vertex]!.length
          ? beside[vertex]!.reduce((sum, other) => sum + y[other]!, 0) / beside[vertex]!.length
          : y[vertex]!,
      );
      const weights = Float64Array.from(
        column,
        (vertex) => beside[vertex]!.length * (vertex < digraph.vertexCount ? 1 : 4) + 0.2,
      );
      poolAdjacent(wanted, offsets[index]!, weights).forEach((place, at) => (y[column[at]!] = place));
    }
  }
  return { x, y, nodeCount: digraph.vertexCount };
}

/** The ring of every vertex, dummies included: they lie on the rings between the ends of their edge. */
function columns({ layout, digraph }: LaidOutGraph): Int32Array {
  const found = new Int32Array(layout.angles.length);
  found.set(layout.ranks.subarray(0, digraph.vertexCount));
  for (let edge = 0; edge < digraph.sources.length; edge++) {
    for (let at = layout.pathStarts[edge]! + 1; at + 1 < layout.pathStarts[edge + 1]!; at++)
      found[layout.path[at]!] = layout.ranks[digraph.sources[edge]!]! + at - layout.pathStarts[edge]!;
  }
  return found;
}

/** Where the circle can be opened: the angle that the ways of the fewest edges pass. */
function quietestAngle({ layout, routes, digraph }: LaidOutGraph): number {
  const passing = new Int32Array(CUTS + 1);
  for (let edge = 0; edge < digraph.sources.length; edge++) {
    for (let at = layout.pathStarts[edge]! + 1; at < layout.pathStarts[edge + 1]!; at++) {
      const [low, high] = [Math.min(routes.from[at]!, routes.to[at]!), Math.max(routes.from[at]!, routes.to[at]!)];
      const [first, last] = [Math.ceil((low / TURN) * CUTS), Math.floor((high / TURN) * CUTS)];
      for (let cut = first; cut <= last; cut++) passing[((cut % CUTS) + CUTS) % CUTS]!++;
    }
  }
  const fewest = passing.subarray(0, CUTS).reduce((least, many) => Math.min(least, many), Infinity);
  // The middle of the longest stretch of such angles, so that no node lies on the cut.
  let [best, length] = [0, 0];
  for (let from = 0; from < CUTS; from++) {
    let run = 0;
    while (run < CUTS && passing[(from + run) % CUTS] === fewest) run++;
    if (run > length) [best, length] = [from, run];
    if (run > 1) from += run - 1;
  }
  return ((best + (length - 1) / 2) / CUTS) * TURN;
}
