import type { Graph, GraphNode, StateType } from "../../api/types";
import type { Neighbours } from "../layout/digraph";
import type { Layout } from "../layout/layout";
import type { VisibleGraph } from "../model/visibleGraph";
import { type LaidOutGraph, laidOutGraphOf } from "./laidOutGraph";

/** A graph as the views know it: its nodes as they are now, who depends on whom, and its layout. */
export interface Scene extends LaidOutGraph {
  laidOut: LaidOutGraph;
  visible: VisibleGraph;
  graph: Graph;
  nodes: GraphNode[];
}

/** `before`: a scene whose laid-out graph is reused where its layout is the same. */
export function sceneOf(visible: VisibleGraph, layout: Layout, before?: Scene | null): Scene {
  const laidOut = before?.layout === layout ? before.laidOut : laidOutGraphOf(visible, layout);
  return { ...laidOut, laidOut, visible, graph: visible.graph, nodes: visible.graph.nodes };
}

/** Everything a node depends on, or (`downstream`) that depends on it, however far; itself not. */
export function reachable(from: number, by: Neighbours): Set<number> {
  const found = new Set<number>();
  const open = [from];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (let at = by.starts[node]!; at < by.starts[node + 1]!; at++) {
      const next = by.items[at]!;
      if (next !== from && !found.has(next)) {
        found.add(next);
        open.push(next);
      }
    }
  }
  return found;
}

/** The nodes on a shortest path between two, along edges in either direction; empty where there is none. */
export function pathBetween(scene: Scene, from: number, to: number): number[] {
  for (const by of [scene.downstream, scene.upstream]) {
    const before = new Map<number, number>([[from, from]]);
    const open = [from];
    for (let at = 0; at < open.length; at++) {
      const node = open[at]!;
      if (node === to) {
        const path = [to];
        while (path[0] !== from) path.unshift(before.get(path[0]!)!);
        return path;
      }
      for (let each = by.starts[node]!; each < by.starts[node + 1]!; each++) {
        const next = by.items[each]!;
        if (!before.has(next)) {
          before.set(next, node);
          open.push(next);
        }
      }
    }
  }
  return [];
}

/** The chain that decided when the run ended: from the node that ended last, back by the upstream that ended last. */
export function criticalPath({ nodes, upstream }: Scene, now: number): number[] {
  const end = (node: number) => nodes[node]!.end ?? (nodes[node]!.start === null ? Number.NEGATIVE_INFINITY : now);
  const latest = (candidates: Iterable<number>) => {
    let found = -1;
    for (const node of candidates)
      if (end(node) > Number.NEGATIVE_INFINITY && (found < 0 || end(node) > end(found))) found = node;
    return found;
  };
  const path: number[] = [];
  const seen = new Set<number>();
  let node = latest(nodes.keys());
  while (node >= 0 && !seen.has(node)) {
    seen.add(node);
    path.unshift(node);
    node = latest(upstream.items.subarray(upstream.starts[node]!, upstream.starts[node + 1]!));
  }
  return path;
}

/** The state that a node shows: of many, the one that most needs to be seen. */
export function stateOf(node: GraphNode): GraphNode["state_type"] {
  if (!node.states) return node.state_type;
  for (const type of [
    "FAILED",
    "CRASHED",
    "RUNNING",
    "CANCELLING",
    "PAUSED",
    "CANCELLED",
    "PENDING",
    "SCHEDULED",
    "COMPLETED",
  ] as const) {
    if (node.states[type]) return type;
  }
  return node.state_type;
}

const LEAST_FAILED = 0.05;
const FAILED: ReadonlySet<string> = new Set(["FAILED", "CRASHED"]);

/** How a node stands as shares of one, failures last; a few failures among thousands keep a share that can be seen. */
export function sharesOf(node: GraphNode): [state: StateType, from: number, to: number][] {
  const total = node.members ?? 0;
  if (!node.states || total === 0) return [[stateOf(node) ?? "PENDING", 0, 1]];
  const parts = (Object.entries(node.states) as [StateType, number][])
    .filter(([, many]) => many > 0)
    .map(([state, many]) => ({ state, share: Math.max(many / total, FAILED.has(state) ? LEAST_FAILED : 0) }));
  parts.sort((left, right) => Number(FAILED.has(left.state)) - Number(FAILED.has(right.state)));
  const sum = parts.reduce((all, { share }) => all + share, 0);
  let from = 0;
  return parts.map(({ state, share }) => [state, from, (from += share / sum)]);
}

export const isFailure = (node: GraphNode): boolean => ["FAILED", "CRASHED"].includes(stateOf(node) ?? "");

/** How many of the task runs that a node stands for failed or crashed. */
export function failuresOf(node: GraphNode): number {
  if (node.members === null) return isFailure(node) ? 1 : 0;
  return (node.states?.["FAILED"] ?? 0) + (node.states?.["CRASHED"] ?? 0);
}
