import * as fc from "fast-check";
import { expect, test } from "vitest";
import { banded, large } from "../../../bench/graphs";
import { FULL_TURN } from "./arrangement";
import type { Digraph } from "./digraph";
import { layOut } from "./layout";
import { route } from "./lanes";

interface Arc {
  source: number;
  radius: number;
  low: number;
  high: number;
}

function arcsOf(graph: Digraph): { arcs: Arc[]; ribbons: number } {
  const layout = layOut(graph);
  const routes = route(graph, layout);
  const arcs: Arc[] = [];
  for (let edge = 0; edge < graph.sources.length; edge++) {
    for (let at = layout.pathStarts[edge]! + 1; at < layout.pathStarts[edge + 1]!; at++) {
      const [low, high] = [Math.min(routes.from[at]!, routes.to[at]!), Math.max(routes.from[at]!, routes.to[at]!)];
      if (high - low > 1e-3) arcs.push({ source: layout.path[at - 1]!, radius: routes.arcRadii[at]!, low, high });
    }
  }
  return { arcs, ribbons: routes.ribbons.length };
}

test("arcs of different vertices never lie on one another", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 3, max: 9 }),
      fc.integer({ min: 2, max: 6 }),
      fc.integer({ min: 1, max: 3 }),
      (width, depth, degree) => {
        const { arcs } = arcsOf(banded(width, depth, degree));
        return arcs.every((one) =>
          arcs.every(
            (other) =>
              one.source === other.source ||
              Math.abs(one.radius - other.radius) > 1e-6 ||
              [-2, -1, 0, 1, 2].every(
                (turn) => one.high <= other.low + turn * FULL_TURN || other.high + turn * FULL_TURN <= one.low,
              ),
          ),
        );
      },
    ),
  );
});

test("what needs more lanes than can be told apart is a ribbon", () => {
  const everyone: Digraph = { vertexCount: 120, sources: new Int32Array(3_600), targets: new Int32Array(3_600) };
  for (let edge = 0; edge < 3_600; edge++) {
    everyone.sources[edge] = edge % 60;
    everyone.targets[edge] = 60 + Math.floor(edge / 60);
  }
  expect(arcsOf(everyone).ribbons).toBe(1);
  expect(arcsOf(banded(14, 6, 2)).ribbons).toBe(0);
});

test("ten thousand vertices are routed without delay", () => {
  const graph = large(10_000, 200);
  const layout = layOut(graph);
  const before = process.cpuUsage();
  route(graph, layout);
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(150);
});
