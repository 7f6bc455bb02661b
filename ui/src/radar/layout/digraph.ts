/** A dependency graph as the layout reads it: vertices are 0…n−1, edges are parallel arrays. */
export interface Digraph {
  readonly vertexCount: number;
  readonly sources: Int32Array;
  readonly targets: Int32Array;
}

/** Neighbours in one direction: those of `v` are `items[starts[v]]` up to, not including, `items[starts[v + 1]]`. */
export interface Neighbours {
  readonly starts: Int32Array;
  readonly items: Int32Array;
  /** The edge that each item came by. */
  readonly edges: Int32Array;
}

/** Collects, for every vertex, the far ends of the edges that start at it in `from`. */
export function neighbours(vertexCount: number, from: Int32Array, to: Int32Array): Neighbours {
  const starts = new Int32Array(vertexCount + 1);
  for (const vertex of from) starts[vertex + 1]!++;
  for (let vertex = 0; vertex < vertexCount; vertex++) starts[vertex + 1]! += starts[vertex]!;
  const next = starts.slice();
  const items = new Int32Array(from.length);
  const edges = new Int32Array(from.length);
  for (let edge = 0; edge < from.length; edge++) {
    const slot = next[from[edge]!]!++;
    items[slot] = to[edge]!;
    edges[slot] = edge;
  }
  return { starts, items, edges };
}

/**
 * Builds a graph from named vertices. An edge to a name that is not there (a run that arrived before its parent) or
 * from a vertex to itself is left out.
 */
export function digraphFromNames(names: readonly string[], edges: Iterable<readonly [string, string]>): Digraph {
  const index = new Map(names.map((name, position) => [name, position]));
  const sources: number[] = [];
  const targets: number[] = [];
  for (const [upstream, downstream] of edges) {
    const source = index.get(upstream);
    const target = index.get(downstream);
    if (source === undefined || target === undefined || source === target) continue;
    sources.push(source);
    targets.push(target);
  }
  return { vertexCount: names.length, sources: Int32Array.from(sources), targets: Int32Array.from(targets) };
}
