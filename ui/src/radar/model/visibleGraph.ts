/**
 * What is shown of a run: its graph, with subflows opened in place and subtrees folded away.
 *
 * An opened subflow keeps its node; its own graph hangs on that, and what depended on the subflow now depends on its
 * last task runs. A folded node hides what can be reached by it alone; what another node leads to as well stays.
 */
import type { Graph, GraphNode } from "../../api/types";

export interface VisibleGraph {
  graph: Graph;
  /** By node: the flow run whose graph it is of. */
  flowRunOf: readonly string[];
  /** By node: the opened subflow it belongs to, −1 for none; and by opened subflow, the one around it. */
  sectorOf: Int32Array;
  sectorParents: Int32Array;
  /** By node: how many nodes are folded away behind it. */
  folded: Int32Array;
  /** Names what is shown: while it is the same, only states have changed. */
  structureKey: string;
}

/**
 * `opened`: the graphs of subflow runs to show in place, by flow run id; `folds`: ids of nodes whose subtrees are
 * hidden.
 */
export function visibleGraphOf(
  graph: Graph,
  opened: ReadonlyMap<string, Graph>,
  folds: ReadonlySet<string>,
): VisibleGraph {
  const merged = merge(graph, opened);
  const [visible, folded] = fold(merged.graph, folds);
  const kept = visible ? filtered(merged, visible, folded) : { ...merged, folded };
  const { flow_run_id: id, run_try: runTry, nodes, edges } = kept.graph;
  return {
    ...kept,
    structureKey: [id, runTry, nodes.length, edges.length, ...kept.opened, ...(visible ? [...folds].sort() : [])].join(
      " ",
    ),
  };
}

interface Merged {
  graph: Graph;
  flowRunOf: string[];
  sectorOf: Int32Array;
  sectorParents: Int32Array;
  opened: string[];
}

function merge(root: Graph, opened: ReadonlyMap<string, Graph>): Merged {
  const nodes: GraphNode[] = [];
  let edges: [number, number][] = [];
  const flowRunOf: string[] = [];
  const sectorOf: number[] = [];
  const sectorParents: number[] = [];
  const names: string[] = [];
  /** Adds a graph; answers its nodes without upstreams and those without downstreams. */
  const add = (graph: Graph, sector: number): { first: number[]; last: number[] } => {
    const from = nodes.length;
    const late = Date.parse(graph.origin) - Date.parse(root.origin);
    for (const node of graph.nodes) {
      nodes.push(
        late
          ? {
              ...node,
              start: node.start === null ? null : node.start + late,
              end: node.end === null ? null : node.end + late,
            }
          : node,
      );
      flowRunOf.push(graph.flow_run_id);
      sectorOf.push(sector);
    }
    for (const [source, target] of graph.edges as [number, number][]) edges.push([source + from, target + from]);
    const own = { first: ends(graph, 1), last: ends(graph, 0) };
    const last = new Map(own.last.map((node) => [node + from, [node + from]]));
    for (let at = 0; at < graph.nodes.length; at++) {
      const id = graph.nodes[at]!.subflow?.flow_run_id;
      const inside = id === undefined || names.includes(id) ? undefined : opened.get(id);
      if (!inside?.nodes.length) continue;
      const node = at + from;
      names.push(id!);
      const inner = sectorParents.push(sector) - 1;
      sectorOf[node] = inner;
      const below = add(inside, inner);
      edges = edges.flatMap(([source, target]): [number, number][] =>
        source === node ? below.last.map((each) => [each, target]) : [[source, target]],
      );
      for (const each of below.first) edges.push([node, each]);
      if (last.has(node)) last.set(node, below.last);
    }
    return { first: own.first.map((node) => node + from), last: [...last.values()].flat() };
  };
  add(root, -1);
  const graph = names.length ? { ...root, nodes, edges } : root;
  return {
    graph,
    flowRunOf,
    sectorOf: Int32Array.from(sectorOf),
    sectorParents: Int32Array.from(sectorParents),
    opened: names,
  };
}

/** The nodes that no edge enters (`end` 1) or leaves (`end` 0). */
function ends(graph: Graph, end: 0 | 1): number[] {
  const met = new Set(graph.edges.map((edge) => edge[end]));
  return [...graph.nodes.keys()].filter((node) => !met.has(node));
}

/** Which nodes stay, null for all, and how many are hidden behind each that is folded. */
function fold({ nodes, edges }: Graph, folds: ReadonlySet<string>): [Uint8Array | null, Int32Array] {
  const folded = new Int32Array(nodes.length);
  const closed = [...nodes.keys()].filter((node) => folds.has(nodes[node]!.id));
  if (!closed.length) return [null, folded];
  const downs: number[][] = nodes.map(() => []);
  const entered = new Uint8Array(nodes.length);
  for (const [source, target] of edges as [number, number][]) {
    downs[source]!.push(target);
    entered[target] = 1;
  }
  const reached = (without: (node: number) => boolean, from: Iterable<number>): Uint8Array => {
    const found = new Uint8Array(nodes.length);
    const open = [...from];
    for (const node of open) found[node] = 1;
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (without(node)) continue;
      for (const next of downs[node]!) {
        if (found[next]) continue;
        found[next] = 1;
        open.push(next);
      }
    }
    return found;
  };
  const roots = [...nodes.keys()].filter((node) => !entered[node]);
  const visible = reached((node) => folds.has(nodes[node]!.id), roots);
  // Data with a cycle may have nodes that no root leads to: they stay.
  const reachable = reached(() => false, roots);
  reachable.forEach((can, node) => can || (visible[node] = 1));
  for (const node of closed) {
    if (!visible[node]) continue;
    const behind = reached(() => false, downs[node]!);
    folded[node] = behind.reduce((sum, is, each) => sum + Number(is && !visible[each]), 0);
  }
  return [visible, folded];
}

function filtered(
  { graph, flowRunOf, sectorOf, sectorParents, opened }: Merged,
  visible: Uint8Array,
  folded: Int32Array,
): Omit<VisibleGraph, "structureKey"> & { opened: string[] } {
  const kept = [...visible.keys()].filter((node) => visible[node]);
  const place = new Map(kept.map((node, at) => [node, at]));
  const edges = (graph.edges as [number, number][])
    .filter(([source, target]) => place.has(source) && place.has(target))
    .map(([source, target]) => [place.get(source)!, place.get(target)!]);
  return {
    graph: { ...graph, nodes: kept.map((node) => graph.nodes[node]!), edges: edges as Graph["edges"] },
    flowRunOf: kept.map((node) => flowRunOf[node]!),
    sectorOf: Int32Array.from(kept, (node) => sectorOf[node]!),
    sectorParents,
    folded: Int32Array.from(kept, (node) => folded[node]!),
    opened,
  };
}
