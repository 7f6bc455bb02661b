import { expect, test } from "vitest";
import { graph } from "../../../bench/graphs";
import { lineOf, type Point } from "../../../bench/lines";
import { layOut } from "../layout/layout";
import { route } from "../layout/lanes";
import { addRadialPath } from "./edges";
import { wedge } from "./tints";

/** A subflow (0) opened to two loads, a fit and features, which two of the main flow depend on. */
const digraph = graph(7, [
  [0, 1],
  [0, 2],
  [1, 3],
  [1, 4],
  [2, 4],
  [3, 4],
  [4, 5],
  [4, 6],
]);
const members = [0, 1, 2, 3, 4];

test("the edges of an opened subflow lie on its ground", () => {
  const layout = layOut(digraph, {
    sectors: { of: Int32Array.from([0, 0, 0, 0, 0, -1, -1]), parents: Int32Array.from([-1]) },
  });
  const routes = route(digraph, layout);
  const ground = lineOf((pen) => wedge(pen, { digraph, layout, routes }, members));
  for (let edge = 0; edge < digraph.sources.length; edge++) {
    const isInside = members.includes(digraph.targets[edge]!);
    const line = lineOf((pen) => addRadialPath(pen, { layout, routes }, edge)).slice(1);
    const lies = [-1, 0, 1].some((turn) =>
      line.every(([angle, radius]) => holds(ground, [angle + turn * 2 * Math.PI, radius])),
    );
    expect(lies, `edge ${edge}`).toBe(isInside);
  }
});

/** Whether a point is within an outline, which is straight between its corners. */
function holds(outline: readonly Point[], [x, y]: Point): boolean {
  let inside = false;
  outline.forEach(([ax, ay], at) => {
    const [bx, by] = outline[(at + 1) % outline.length]!;
    if (ay > y !== by > y && x < ax + ((bx - ax) * (y - ay)) / (by - ay)) inside = !inside;
  });
  return inside;
}
