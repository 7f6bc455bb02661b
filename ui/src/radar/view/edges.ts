import type { StateType } from "../../api/types";
import { CARD_WIDTH } from "./camera";
import type { Emphasis } from "./emphasis";
import type { Places } from "./places";
import { type Scene, stateOf } from "./scene";
import type { Structure } from "./structure";

/** Edges that look alike, as one line in the world's pixels: made once, drawn at every zoom. */
export interface EdgeLayer {
  path: Path2D;
  look: StateType | "upstream" | "downstream";
  alpha: number;
  dashed: boolean;
}

const CORNER = 44;
/** So little to the side is a bend in the way, and no arc. */
const BEND = 90;

/** All edges in the colours of their upstreams' states; made once for a picture. */
export function edgeLayers(scene: Scene, places: Places, radial: boolean): EdgeLayer[] {
  const { sources } = scene.shape;
  const usual = sources.length > 3000 ? 0.45 : 0.85;
  return layered(scene, places, radial, sources.keys(), (source) => [stateOf(scene.nodes[source]!) ?? "PENDING", scene.nodes[source]!.state_name === "NotReady" ? 0.3 : usual]);
}

/** As many steps from ring to ring can be drawn in a part of a frame. */
const PART = 300;

/** Only the edges that stand out, in their hues: they are drawn over the others, which then are pale. In parts that take about as long. */
export function tracedLayers(structure: Structure, places: Places, radial: boolean, emphasis: Emphasis): (() => EdgeLayer[])[] {
  const { shape: { sources, targets }, layout: { pathStarts } } = structure;
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
  return parts.map((edges) => () => layered(structure, places, radial, edges, (source, target) => [hueOf(emphasis, source, target)!, 1]));
}

function layered(structure: Structure, places: Places, radial: boolean, edges: Iterable<number>, lookOf: (source: number, target: number) => readonly [look: EdgeLayer["look"], alpha: number]): EdgeLayer[] {
  const layers = new Map<string, EdgeLayer>();
  const { sources, targets } = structure.shape;
  for (const edge of edges) {
    const [look, alpha] = lookOf(sources[edge]!, targets[edge]!);
    const dashed = structure.layout.closesCycle[edge] === 1;
    const key = `${look} ${alpha} ${dashed}`;
    let layer = layers.get(key);
    if (!layer) layers.set(key, (layer = { path: new Path2D(), look, alpha, dashed }));
    if (radial) around(layer.path, structure, edge);
    else across(layer.path, structure, places, edge);
  }
  return [...layers.values()].sort((left, right) => left.alpha - right.alpha);
}

function hueOf({ upstream, downstream, self }: Emphasis, source: number, target: number): "upstream" | "downstream" | null {
  if (upstream.has(source) && (upstream.has(target) || self.has(target))) return "upstream";
  if (downstream.has(target) && (downstream.has(source) || self.has(source))) return "downstream";
  return null;
}

/** From column to column, by way of the gaps that were left for it. */
function across(path: Path2D, { layout }: Structure, { x, y }: Places, edge: number): void {
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
function around(path: Path2D, { layout, routes }: Structure, edge: number): void {
  const { pathStarts, radii } = layout;
  for (let at = pathStarts[edge]! + 1; at < pathStarts[edge + 1]!; at++) {
    const [from, to, lane] = [routes.from[at]!, routes.to[at]!, routes.arcRadii[at]!];
    const [inner, outer] = [radii[layout.path[at - 1]!]!, radii[layout.path[at]!]!];
    if (at === pathStarts[edge]! + 1) path.moveTo(inner * Math.cos(from), inner * Math.sin(from));
    const length = Math.abs(to - from) * lane;
    if (length < BEND) {
      path.bezierCurveTo(lane * Math.cos(from), lane * Math.sin(from), lane * Math.cos(to), lane * Math.sin(to), outer * Math.cos(to), outer * Math.sin(to));
      continue;
    }
    const corner = Math.min(CORNER, length / 2, Math.abs(lane - inner), Math.abs(outer - lane));
    if (corner > 0.5) {
      const bend = (Math.sign(to - from) * corner) / lane;
      const into = lane - Math.sign(lane - inner) * corner;
      path.lineTo(into * Math.cos(from), into * Math.sin(from));
      path.quadraticCurveTo(lane * Math.cos(from), lane * Math.sin(from), lane * Math.cos(from + bend), lane * Math.sin(from + bend));
      path.arc(0, 0, lane, from + bend, to - bend, to < from);
      const away = lane + Math.sign(outer - lane) * corner;
      path.quadraticCurveTo(lane * Math.cos(to), lane * Math.sin(to), away * Math.cos(to), away * Math.sin(to));
    }
    path.lineTo(outer * Math.cos(to), outer * Math.sin(to));
  }
}
