import type { StateType } from "../../api/types";
import { CARD_WIDTH } from "./card";
import type { Emphasis } from "./emphasis";
import type { Positions } from "./positions";
import { type Scene, stateOf } from "./scene";
import type { LaidOutGraph } from "./laidOutGraph";

/** Edges that look alike, as one line in the world's pixels: made once, drawn at every zoom. */
export interface EdgeLayer {
  path: Path2D;
  look: StateType | "upstream" | "downstream";
  alpha: number;
  dashed: boolean;
}

/** What draws a line: a path, or who wants to know what is drawn. */
export type Pen = Pick<Path2D, "moveTo" | "lineTo" | "bezierCurveTo" | "quadraticCurveTo" | "arc">;

const CORNER = 44;
/** So little to the side is a bend in the way, and no arc, where there is room for it. */
const BEND = 90;

/** All edges in the colours of their upstreams' states; made once for a picture. */
export function edgeLayers(scene: Scene, positions: Positions, radial: boolean): EdgeLayer[] {
  const { sources } = scene.digraph;
  const usual = sources.length > 3000 ? 0.45 : 0.85;
  return layersOf(scene, positions, radial, sources.keys(), (source) => [
    stateOf(scene.nodes[source]!) ?? "PENDING",
    scene.nodes[source]!.state_name === "NotReady" ? 0.3 : usual,
  ]);
}

/** As many steps from ring to ring can be drawn in a part of a frame. */
const PART = 300;

/**
 * Only the edges that stand out, in their hues: they are drawn over the others, which then are pale. In parts that take
 * about as long.
 */
export function tracedLayers(
  laidOut: LaidOutGraph,
  positions: Positions,
  radial: boolean,
  emphasis: Emphasis,
): (() => EdgeLayer[])[] {
  const {
    digraph: { sources, targets },
    layout: { pathStarts },
  } = laidOut;
  const parts: number[][] = [];
  let steps = PART;
  for (let edge = 0; edge < sources.length; edge++) {
    if (!hueOf(emphasis, sources[edge]!, targets[edge]!)) continue;
    if (steps >= PART) {
      parts.push([]);
      steps = 0;
    }
    parts.at(-1)!.push(edge);
    steps += pathStarts[edge + 1]! - pathStarts[edge]! - 1;
  }
  return parts.map(
    (edges) => () =>
      layersOf(laidOut, positions, radial, edges, (source, target) => [hueOf(emphasis, source, target)!, 1]),
  );
}

function layersOf(
  laidOut: LaidOutGraph,
  positions: Positions,
  radial: boolean,
  edges: Iterable<number>,
  lookOf: (source: number, target: number) => readonly [look: EdgeLayer["look"], alpha: number],
): EdgeLayer[] {
  const layers = new Map<string, EdgeLayer>();
  const { sources, targets } = laidOut.digraph;
  for (const edge of edges) {
    const [look, alpha] = lookOf(sources[edge]!, targets[edge]!);
    const dashed = laidOut.layout.closesCycle[edge] === 1;
    const key = `${look} ${alpha} ${dashed}`;
    let layer = layers.get(key);
    if (!layer) layers.set(key, (layer = { path: new Path2D(), look, alpha, dashed }));
    if (radial) addRadialPath(layer.path, laidOut, edge);
    else addLayeredPath(layer.path, laidOut, positions, edge);
  }
  return [...layers.values()].sort((left, right) => left.alpha - right.alpha);
}

function hueOf(
  { upstream, downstream, self }: Emphasis,
  source: number,
  target: number,
): "upstream" | "downstream" | null {
  if (upstream.has(source) && (upstream.has(target) || self.has(target))) return "upstream";
  if (downstream.has(target) && (downstream.has(source) || self.has(source))) return "downstream";
  return null;
}

/** From column to column, by way of the gaps that were left for it. */
function addLayeredPath(path: Path2D, { layout }: LaidOutGraph, { x, y }: Positions, edge: number): void {
  for (let at = layout.pathStarts[edge]! + 1; at < layout.pathStarts[edge + 1]!; at++) {
    const [from, to] = [layout.path[at - 1]!, layout.path[at]!];
    if (at === layout.pathStarts[edge]! + 1) path.moveTo(x[from]!, y[from]!);
    const [left, right] = [x[from]! + CARD_WIDTH / 2, x[to]! - CARD_WIDTH / 2];
    const middle = (left + right) / 2;
    path.lineTo(left, y[from]!);
    path.bezierCurveTo(middle, y[from]!, middle, y[to]!, right, y[to]!);
  }
  const last = layout.path[layout.pathStarts[edge + 1]! - 1]!;
  path.lineTo(x[last]!, y[last]!);
}

/** From ring to ring: out along the angle, around on the lane, and out again, with round corners. */
export function addRadialPath(
  pen: Pen,
  { layout, routes }: Pick<LaidOutGraph, "layout" | "routes">,
  edge: number,
): void {
  const { pathStarts, radii } = layout;
  for (let at = pathStarts[edge]! + 1; at < pathStarts[edge + 1]!; at++) {
    const [from, to, lane] = [routes.from[at]!, routes.to[at]!, routes.arcRadii[at]!];
    const [inner, outer] = [radii[layout.path[at - 1]!]!, radii[layout.path[at]!]!];
    if (at === pathStarts[edge]! + 1) pen.moveTo(inner * Math.cos(from), inner * Math.sin(from));
    const length = Math.abs(to - from) * lane;
    const [before, after] = [
      Math.min(routes.inside[at]!, Math.abs(lane - inner)),
      Math.min(routes.outside[at]!, Math.abs(outer - lane)),
    ];
    const isBend = length < BEND && routes.inside[at]! > length / 2 && routes.outside[at]! > length / 2;
    const [begin, end] = isBend
      ? [before, after]
      : [Math.min(CORNER, length / 2, before), Math.min(CORNER, length / 2, after)];
    const [into, away] = [lane - Math.sign(lane - inner) * begin, lane + Math.sign(outer - lane) * end];
    pen.lineTo(into * Math.cos(from), into * Math.sin(from));
    if (isBend)
      pen.bezierCurveTo(
        lane * Math.cos(from),
        lane * Math.sin(from),
        lane * Math.cos(to),
        lane * Math.sin(to),
        away * Math.cos(to),
        away * Math.sin(to),
      );
    else {
      const [turned, turning] = [
        from + (Math.sign(to - from) * begin) / lane,
        to - (Math.sign(to - from) * end) / lane,
      ];
      const tip = lane / Math.cos(end / lane); // so that it leaves the arc along it, and lies on none that goes on
      pen.quadraticCurveTo(
        lane * Math.cos(from),
        lane * Math.sin(from),
        lane * Math.cos(turned),
        lane * Math.sin(turned),
      );
      pen.arc(0, 0, lane, turned, turning, to < from);
      pen.quadraticCurveTo(tip * Math.cos(to), tip * Math.sin(to), away * Math.cos(to), away * Math.sin(to));
    }
    pen.lineTo(outer * Math.cos(to), outer * Math.sin(to));
  }
}
