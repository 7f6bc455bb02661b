/** Graphs that the layout is measured with. */
import type { Digraph } from "../src/radar/layout/digraph";

type Edges = [number, number][];

export function graph(vertexCount: number, edges: Edges): Digraph {
  return {
    vertexCount,
    sources: Int32Array.from(edges, ([from]) => from),
    targets: Int32Array.from(edges, ([, to]) => to),
  };
}

function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296) / 4_294_967_296;
}

/** A root, then `depth` rings of `width`; each vertex has up to `degree` upstreams near its own place. */
export function banded(width: number, depth: number, degree: number): Digraph {
  const random = numbers(7);
  const edges: Edges = [];
  for (let at = 0; at < width * depth; at++) {
    const ring = Math.floor(at / width);
    const upstreams = new Set<number>();
    for (let each = 0; ring > 0 && each < degree; each++) {
      const place = (at % width) + Math.floor((random() - 0.5) * 4);
      upstreams.add(1 + (ring - 1) * width + ((place + width) % width));
    }
    if (ring === 0) upstreams.add(0);
    for (const upstream of upstreams) edges.push([upstream, at + 1]);
  }
  return graph(width * depth + 1, edges);
}

export function large(vertexCount: number, width: number): Digraph {
  const random = numbers(7);
  const edges: Edges = [];
  for (let at = width; at < vertexCount; at++) {
    for (let each = 0; each < 2; each++) {
      const place = (at % width) + Math.floor((random() - 0.5) * 10);
      edges.push([(Math.floor(at / width) - 1) * width + ((place + width) % width), at]);
    }
  }
  return graph(vertexCount, edges);
}

/** `width` chains from one root, in an order that changes from ring to ring as completions do. */
export function shuffledChains(width: number, depth: number): Digraph {
  const edges: Edges = [];
  const numberOf = (ring: number, chain: number): number => 1 + ring * width + ((chain * 5 + ring * 3) % width);
  for (let ring = 0; ring < depth; ring++) {
    for (let chain = 0; chain < width; chain++) {
      edges.push([ring === 0 ? 0 : numberOf(ring - 1, chain), numberOf(ring, chain)]);
    }
  }
  return graph(width * depth + 1, edges);
}

/**
 * Six branches of three steps between a source and a sink, numbered in the order in which they happened to complete.
 */
export function branches(): Digraph {
  const order = [3, 0, 5, 2, 4, 1];
  const edges: Edges = [];
  const numberOf = (step: number, branch: number): number =>
    1 + step * 6 + (((order[branch]! * (step + 1) + step) % 7) % 6);
  const taken = new Map<string, number>();
  let next = 1;
  for (let step = 0; step < 3; step++) {
    const inOrder = [...order].sort((left, right) => numberOf(step, left) - numberOf(step, right) || left - right);
    for (const branch of inOrder) taken.set(`${step} ${branch}`, next++);
  }
  for (let branch = 0; branch < 6; branch++) {
    edges.push([0, taken.get(`0 ${branch}`)!]);
    for (let step = 1; step < 3; step++)
      edges.push([taken.get(`${step - 1} ${branch}`)!, taken.get(`${step} ${branch}`)!]);
    edges.push([taken.get(`2 ${branch}`)!, 19]);
  }
  return graph(20, edges);
}

export function ladder(levels: number): Digraph {
  const edges: Edges = [];
  for (let level = 0; level < levels; level++) {
    const top = level * 3;
    edges.push([top, top + 1], [top, top + 2], [top + 1, top + 3], [top + 2, top + 3]);
  }
  return graph(levels * 3 + 1, edges);
}
