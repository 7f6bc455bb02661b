import type { Graph } from "../../api/types";
import { type Digraph, neighbours, type Neighbours } from "../layout/digraph";
import { route, type Routes } from "../layout/lanes";
import type { Layout } from "../layout/layout";
import type { VisibleGraph } from "../model/visibleGraph";

/** What stays of a graph while only its states change: one value, so that what follows from it alone is made once. */
export interface LaidOutGraph {
  ids: readonly string[];
  digraph: Digraph;
  upstream: Neighbours;
  downstream: Neighbours;
  /** By node: how many nodes only it leads to, and so would be folded away behind it. */
  behind: Int32Array;
  /** By node: the opened subflow it belongs to, −1 for none; and by opened subflow, the one around it. */
  sectorOf: Int32Array;
  sectorParents: Int32Array;
  layout: Layout;
  routes: Routes;
}

/** The part of the API's graph that the layout reads. */
export function digraphOf(graph: Pick<Graph, "edges"> & { nodes: readonly unknown[] }): Digraph {
  const edges = graph.edges as [number, number][];
  return {
    vertexCount: graph.nodes.length,
    sources: Int32Array.from(edges, ([source]) => source),
    targets: Int32Array.from(edges, ([, target]) => target),
  };
}

export function laidOutGraphOf({ graph, sectorOf, sectorParents }: VisibleGraph, layout: Layout): LaidOutGraph {
  const digraph = digraphOf(graph);
  const upstream = neighbours(digraph.vertexCount, digraph.targets, digraph.sources);
  return {
    ids: graph.nodes.map(({ id }) => id),
    digraph,
    upstream,
    downstream: neighbours(digraph.vertexCount, digraph.sources, digraph.targets),
    behind: dominated(upstream, layout.ranks),
    sectorOf,
    sectorParents,
    layout,
    routes: route(digraph, layout),
  };
}

/**
 * How many nodes each node dominates: those that every way from the start leads to by it. A node's dominator is the
 * nearest that its upstreams' ones have in common; ranks put upstreams first.
 */
export function dominated({ starts, items }: Neighbours, ranks: Int32Array): Int32Array {
  const count = starts.length - 1;
  const start = count;
  const dominator = new Int32Array(count + 1).fill(start);
  const depth = new Int32Array(count + 1);
  const inOrder = Array.from({ length: count }, (_, node) => node).sort((left, right) => ranks[left]! - ranks[right]!);
  for (const node of inOrder) {
    let found = -1;
    for (let at = starts[node]!; at < starts[node + 1]!; at++) {
      let other = items[at]!;
      if (ranks[other]! >= ranks[node]!) continue; // closes a cycle
      if (found < 0) found = other;
      while (found !== other) {
        if (depth[found]! >= depth[other]!) found = dominator[found]!;
        else other = dominator[other]!;
      }
    }
    dominator[node] = found < 0 ? start : found;
    depth[node] = depth[dominator[node]!]! + 1;
  }
  const behind = new Int32Array(count + 1);
  for (const node of inOrder.reverse()) behind[dominator[node]!]! += behind[node]! + 1;
  return behind.subarray(0, count);
}
