/** Graphs that the layout is measured with. */
import type { Graph } from "../src/radar/layout/graph";

type Edges = [number, number][];

export function graph(vertexCount: number, edges: Edges): Graph {
  return { vertexCount, sources: Int32Array.from(edges, ([from]) => from), targets: Int32Array.from(edges, ([, to]) => to) };
}

function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296) / 4_294_967_296;
}

/** A root, then `depth` rings of `width`; each vertex has up to `degree` upstreams near its own place. */
export function banded(width: number, depth: number, degree: number): Graph {
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

export function large(vertexCount: number, width: number): Graph {
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
export function shuffledChains(width: number, depth: number): Graph {
  const edges: Edges = [];
  const numberOf = (ring: number, chain: number): number => 1 + ring * width + ((chain * 5 + ring * 3) % width);
  for (let ring = 0; ring < depth; ring++) {
    for (let chain = 0; chain < width; chain++) {
      edges.push([ring === 0 ? 0 : numberOf(ring - 1, chain), numberOf(ring, chain)]);
    }
  }
  return graph(width * depth + 1, edges);
}

export function ladder(levels: number): Graph {
  const edges: Edges = [];
  for (let level = 0; level < levels; level++) {
    const top = level * 3;
    edges.push([top, top + 1], [top, top + 2], [top + 1, top + 3], [top + 2, top + 3]);
  }
  return graph(levels * 3 + 1, edges);
}
