import { neighbours, type Digraph } from "./digraph";

export interface Ranks {
  /** The ring of each vertex: the length of its longest upstream path. */
  readonly ranks: Int32Array;
  readonly ringCount: number;
  /** 1 for an edge that closes a cycle; only bad data has any. It does not take part in the ordering. */
  readonly closesCycle: Uint8Array;
}

/**
 * Ranks every vertex by its longest upstream path, in O(V + E) by a queue.
 *
 * When the queue runs dry before all vertices are ranked, what is left lies on or behind a cycle. The first of them in
 * order of arrival is then released as if its unranked upstreams were not there, and those edges are marked.
 */
export function rank(graph: Digraph): Ranks {
  const { vertexCount, sources, targets } = graph;
  const out = neighbours(vertexCount, sources, targets);
  const missing = new Int32Array(vertexCount);
  for (const target of targets) missing[target]!++;
  const ranks = new Int32Array(vertexCount);
  const done = new Uint8Array(vertexCount);
  const queue = new Int32Array(vertexCount);
  let head = 0;
  let tail = 0;
  const release = (vertex: number): void => {
    done[vertex] = 1;
    queue[tail++] = vertex;
  };
  for (let vertex = 0; vertex < vertexCount; vertex++) if (missing[vertex] === 0) release(vertex);
  const closesCycle = new Uint8Array(sources.length);
  let stuck = 0;
  for (;;) {
    while (head < tail) {
      const vertex = queue[head++]!;
      for (let slot = out.starts[vertex]!; slot < out.starts[vertex + 1]!; slot++) {
        const next = out.items[slot]!;
        if (done[next]) {
          closesCycle[out.edges[slot]!] = 1;
          continue;
        }
        if (ranks[next]! <= ranks[vertex]!) ranks[next] = ranks[vertex]! + 1;
        if (--missing[next]! === 0) release(next);
      }
    }
    while (stuck < vertexCount && done[stuck]) stuck++;
    if (stuck === vertexCount) break;
    release(stuck);
  }
  let last = -1;
  for (const value of ranks) if (value > last) last = value;
  return { ranks, ringCount: last + 1, closesCycle };
}
