import { reachable } from "./scene";
import type { LaidOutGraph } from "./laidOutGraph";

/** Which nodes stand out, and by what; null in its place: none do. */
export interface Emphasis {
  upstream: ReadonlySet<number>;
  downstream: ReadonlySet<number>;
  self: ReadonlySet<number>;
}

/** All that a node depends on, and all that depends on it. */
export const emphasisAround = ({ upstream, downstream }: LaidOutGraph, node: number): Emphasis => ({
  self: new Set([node]),
  upstream: reachable(node, upstream),
  downstream: reachable(node, downstream),
});

/** A way, and nothing beside it. */
export const emphasisAlong = (nodes: readonly number[]): Emphasis => ({
  self: new Set(nodes),
  upstream: new Set(nodes),
  downstream: new Set(),
});

/** Single nodes, without their neighbours. */
export const emphasisOnly = (nodes: readonly number[]): Emphasis => ({
  self: new Set(nodes),
  upstream: new Set(),
  downstream: new Set(),
});

export const standsOut = ({ self, upstream, downstream }: Emphasis, node: number): boolean =>
  self.has(node) || upstream.has(node) || downstream.has(node);
