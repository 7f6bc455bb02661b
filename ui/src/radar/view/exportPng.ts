/** Renders the view as one image, cards included, and downloads it as a PNG file. */
import { serverClock } from "../../time/clock";
import { lookOf } from "../../components/state";
import { count, duration, plural } from "../../time/format";
import type { Camera, Size } from "./camera";
import { CARD_HEIGHT, CARD_WIDTH } from "./card";
import { coloursNow } from "./colours";
import { drawDonut } from "./dots";
import { drawGlyph } from "./glyphs";
import type { Layers } from "./layers";
import type { Positions } from "./positions";
import { type Scene, stateOf } from "./scene";

const STRIPE = 32;
const LEAST_SCALE = 0.72;

interface Seen {
  layers: Layers;
  scene: Scene;
  positions: Positions;
  camera: Camera;
  cards: readonly number[];
  size: Size;
}

export function renderSnapshot(
  canvas: HTMLCanvasElement,
  { layers, scene, positions, camera, cards, size }: Seen,
): HTMLCanvasElement {
  const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
  const context = copy.getContext("2d")!;
  context.fillStyle = coloursNow().surface;
  context.fillRect(0, 0, copy.width, copy.height);
  const ratio = canvas.width / Math.max(1, size.width);
  for (const layer of [layers.ground, layers.edges, layers.traced]) layer.copyTo(context, ratio);
  context.drawImage(canvas, 0, 0);
  const scale = Math.max(camera.zoom, LEAST_SCALE) * ratio;
  const now = serverClock.now() - Date.parse(scene.graph.origin);
  for (const node of cards) {
    const x = ((positions.x[node]! - camera.x) * camera.zoom + size.width / 2) * ratio;
    const y = ((positions.y[node]! - camera.y) * camera.zoom + size.height / 2) * ratio;
    context.setTransform(scale, 0, 0, scale, x - (CARD_WIDTH / 2) * scale, y - (CARD_HEIGHT / 2) * scale);
    drawCard(context, scene, node, now);
  }
  return copy;
}

function drawCard(context: CanvasRenderingContext2D, scene: Scene, at: number, now: number): void {
  const colours = coloursNow();
  const node = scene.nodes[at]!;
  const type = stateOf(node) ?? "PENDING";
  const pale = node.state_name === "NotReady";
  const outline = new Path2D();
  outline.roundRect(0, 0, CARD_WIDTH, CARD_HEIGHT, 8);
  context.save();
  context.clip(outline);
  context.fillStyle = colours.surface;
  context.fillRect(0, 0, CARD_WIDTH, CARD_HEIGHT);
  context.fillStyle = pale ? colours.line : colours.state[type]!;
  context.fillRect(0, 0, STRIPE, CARD_HEIGHT);
  drawGlyph(
    context,
    lookOf(type, node.state_name),
    STRIPE / 2,
    CARD_HEIGHT / 2,
    16,
    pale ? colours.muted : colours.surface,
  );
  const room = CARD_WIDTH - STRIPE - (node.members === null ? 18 : 58);
  context.fillStyle = colours.ink;
  context.font = `500 13px ${colours.font}`;
  context.fillText(cut(context, node.name, room), STRIPE + 10, 19);
  context.fillStyle = colours.muted;
  context.font = `11.5px ${colours.font}`;
  context.fillText(cut(context, words(scene, at, now), room), STRIPE + 10, 35);
  if (node.members !== null) drawDonut(context, node, CARD_WIDTH - 24, CARD_HEIGHT / 2, 15, colours);
  context.restore();
  context.strokeStyle = colours.strong;
  context.lineWidth = 1;
  context.stroke(outline);
}

function words(scene: Scene, at: number, now: number): string {
  const { members, states, start, end, state_name: name, run_count: tries, subflow } = scene.nodes[at]!;
  if (members !== null) return `${count(states?.["COMPLETED"] ?? 0)} / ${count(members)}`;
  const time = start === null ? (name ?? "not started") : duration(((end ?? now) - start) / 1000);
  const inside = subflow
    ? [
        plural(
          Object.values(subflow.task_run_counts).reduce((sum, each) => sum + each, 0),
          "task run",
        ),
      ]
    : [];
  return [time, ...((tries ?? 1) > 1 ? [`try ${tries}`] : []), ...inside].join(", ");
}

function cut(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let letters = text.length;
  while (letters > 1 && context.measureText(`${text.slice(0, letters)}…`).width > room) letters--;
  return `${text.slice(0, letters)}…`;
}

/** Downloads an image as a PNG file. */
export function downloadPng(image: HTMLCanvasElement | null, name: string): void {
  image?.toBlob((blob) => {
    if (!blob) return;
    const address = URL.createObjectURL(blob);
    Object.assign(document.createElement("a"), { href: address, download: name }).click();
    URL.revokeObjectURL(address);
  });
}
