import type { GraphNode } from "../../api/types";
import { lookOf, type StateLook } from "../../components/state";
import { count } from "../../time/format";
import type { Colours } from "./colours";
import { standsOut } from "./emphasis";
import { drawGlyph } from "./glyphs";
import { type Label, placeLabels, type LabelRequest } from "./labels";
import type { Frame } from "./layers";
import { isFailure, sharesOf, stateOf } from "./scene";

const MOST_LABELS = 160;
const CROWD = 900; // above this many nodes on the screen, none is labelled
const MARKED_FROM = 6; // pixels of radius
const FONT = "11.5px";

/** Nodes without a card: a dot in the state's colour, with its mark, and a name where there is room for one. */
export function drawDots(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  frame: Frame,
  colours: Colours,
): void {
  const { scene, positions, camera, cards, chosen, emphasis } = frame;
  if (cards.size === scene.nodes.length) return;
  const visible: { node: number; x: number; y: number; half: number; shown: boolean }[] = [];
  const usual = Math.max(1.6, Math.min(9, 30 * camera.zoom + 1));
  for (let node = 0; node < scene.nodes.length; node++) {
    const x = (positions.x[node]! - camera.x) * camera.zoom + width / 2;
    const y = (positions.y[node]! - camera.y) * camera.zoom + height / 2;
    const { members, subflow } = scene.nodes[node]!;
    const half = members !== null ? usual * 1.6 : subflow ? usual * 1.25 : usual;
    if (x < -half || y < -half || x > width + half || y > height + half || cards.has(node)) continue;
    const shown = !emphasis || standsOut(emphasis, node);
    visible.push({ node, x, y, half, shown });
  }
  drawCircles(context, visible, frame, colours);
  context.strokeStyle = colours.accent;
  context.lineWidth = 2;
  for (const { node, x, y, half } of visible) {
    if (!chosen.has(node)) continue;
    context.beginPath();
    context.arc(x, y, half + 4, 0, 2 * Math.PI);
    context.stroke();
  }
  if (visible.length > CROWD || usual < 2.5) return;
  const wanted = visible
    .filter(({ shown }) => shown)
    .map(({ node, x, y, half }): LabelRequest & { weight: number } => {
      const { members, name, subflow } = scene.nodes[node]!;
      const strong = isFailure(scene.nodes[node]!) || stateOf(scene.nodes[node]!) === "RUNNING";
      const text = shortened(members === null ? name : `${name} × ${count(members)}`);
      return {
        text,
        x,
        y,
        half,
        side: frame.radial ? (positions.x[node]! < -1 ? -1 : 1) : 0,
        strong,
        weight: 4 * Number(strong) + 2 * Number(members !== null) + Number(subflow !== null),
      };
    })
    .sort((left, right) => right.weight - left.weight);
  context.font = `${FONT} ${colours.font}`;
  drawLabels(
    context,
    placeLabels(wanted, (text) => widthOf(context, text), MOST_LABELS),
    colours,
  );
}

function drawCircles(
  context: CanvasRenderingContext2D,
  visible: readonly { node: number; x: number; y: number; half: number; shown: boolean }[],
  { scene }: Frame,
  colours: Colours,
): void {
  const dots = new Map<string, { path: Path2D; colour: string; shown: boolean }>();
  const marked: { look: StateLook; x: number; y: number; half: number }[] = [];
  for (const { node, x, y, half, shown } of visible) {
    const { members, state_name: name } = scene.nodes[node]!;
    const type = stateOf(scene.nodes[node]!) ?? "PENDING";
    if (members !== null && half > 4 && shown) {
      drawDonut(context, scene.nodes[node]!, x, y, half, colours);
      continue;
    }
    const pale = name === "NotReady";
    const key = `${type} ${shown} ${pale}`;
    let dot = dots.get(key);
    if (!dot)
      dots.set(key, (dot = { path: new Path2D(), colour: pale ? colours.strong : colours.state[type]!, shown }));
    dot.path.moveTo(x + half, y);
    dot.path.arc(x, y, half, 0, 2 * Math.PI);
    if (half >= MARKED_FROM && shown) marked.push({ look: lookOf(type, name), x, y, half });
  }
  for (const { path, colour, shown } of dots.values()) {
    context.globalAlpha = shown ? 1 : 0.22;
    context.fillStyle = colour;
    context.fill(path);
  }
  context.globalAlpha = 1;
  for (const { look, x, y, half } of marked) drawGlyph(context, look, x, y, half * 1.35, colours.surface);
}

/** How a group stands, as a ring by state. */
export function drawDonut(
  context: CanvasRenderingContext2D,
  node: GraphNode,
  x: number,
  y: number,
  half: number,
  colours: Colours,
): void {
  context.beginPath();
  context.arc(x, y, half, 0, 2 * Math.PI);
  context.fillStyle = colours.surface;
  context.fill();
  context.lineWidth = half * 0.5;
  for (const [state, from, to] of sharesOf(node)) {
    context.beginPath();
    context.arc(x, y, half * 0.75, (from - 0.25) * 2 * Math.PI, (to - 0.25) * 2 * Math.PI);
    context.strokeStyle = colours.state[state]!;
    context.stroke();
  }
}

function drawLabels(context: CanvasRenderingContext2D, labels: readonly Label[], colours: Colours): void {
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3.5;
  context.strokeStyle = colours.surface;
  for (const { text, x, y, strong } of labels) {
    context.strokeText(text, x, y);
    context.fillStyle = strong ? colours.ink : colours.muted;
    context.fillText(text, x, y);
  }
  context.textBaseline = "alphabetic";
}

const MOST_LETTERS = 32;
const TAIL = 8;
const shortened = (name: string): string =>
  name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - TAIL - 1)}…${name.slice(-TAIL)}` : name;

const widths = new Map<string, number>();
const MOST_WIDTHS = 5000;

function widthOf(context: CanvasRenderingContext2D, text: string): number {
  let width = widths.get(text);
  if (width === undefined) {
    if (widths.size > MOST_WIDTHS) widths.clear();
    widths.set(text, (width = context.measureText(text).width));
  }
  return width;
}
