import { count } from "../../time/format";
import type { Backdrop } from "./backdrop";
import type { Camera } from "./camera";
import { CARD_HEIGHT, CARD_WIDTH } from "./camera";
import { type Colours, coloursNow } from "./colours";
import type { EdgeLayer } from "./edges";
import { type Places, type Scene, stateOf } from "./scene";

/** Which nodes stand out, and by what; null: none do. */
export interface Emphasis {
  upstream: ReadonlySet<number>;
  downstream: ReadonlySet<number>;
  self: ReadonlySet<number>;
}

export interface Picture {
  scene: Scene;
  places: Places;
  camera: Camera;
  edges: readonly EdgeLayer[];
  backdrop: Backdrop;
  /** The camera has just moved, and may be moving on. */
  moving: boolean;
  /** Rings and arcs, or straight columns. */
  radial: boolean;
  emphasis: Emphasis | null;
  /** Nodes that are shown as cards, and so need no dot. */
  cards: ReadonlySet<number>;
}

const MOST_LABELS = 120;

/** From so many edges on, moving shows the last picture of them. */
const MANY_EDGES = 600;

/** Rings, edges, and the nodes that are too far for a card. */
export function draw(context: CanvasRenderingContext2D, width: number, height: number, picture: Picture): void {
  const { scene, camera, radial, backdrop, moving, edges } = picture;
  const colours = coloursNow();
  const world = (on: CanvasRenderingContext2D) => drawWorld(on, picture, colours);
  if (scene.shape.sources.length > MANY_EDGES) backdrop.paint(context, { camera, width, height, of: edges }, moving, world);
  else {
    context.save();
    context.translate(width / 2, height / 2);
    context.scale(camera.zoom, camera.zoom);
    context.translate(-camera.x, -camera.y);
    world(context);
    context.restore();
  }
  drawFar(context, width, height, picture, colours);
  if (radial) drawCounts(context, width, height, picture, colours);
  context.globalAlpha = 1;
}

/** Rings and edges, in the world's pixels. */
function drawWorld(context: CanvasRenderingContext2D, { scene, camera, radial, emphasis, edges }: Picture, colours: Colours): void {
  if (radial) drawRings(context, scene, camera.zoom, colours);
  context.lineWidth = Math.max(0.8, Math.min(2.6, 2.6 * camera.zoom + 0.5)) / camera.zoom;
  context.lineJoin = "round";
  const thinned = scene.shape.sources.length > MANY_EDGES ? Math.max(0.3, Math.min(1, camera.zoom * 6)) : 1;
  for (const { path, look, alpha, dashed } of edges) {
    context.globalAlpha = emphasis ? alpha : alpha * thinned;
    context.strokeStyle = look === "upstream" || look === "downstream" ? colours[look] : colours.state[look]!;
    context.setLineDash(dashed ? [8 / camera.zoom, 6 / camera.zoom] : []);
    context.stroke(path);
  }
  context.globalAlpha = 1;
}

function drawRings(context: CanvasRenderingContext2D, scene: Scene, zoom: number, colours: Colours): void {
  context.strokeStyle = colours.line;
  context.lineWidth = Math.max(1 / zoom, Math.min(26 / zoom, 46));
  context.globalAlpha = 0.55;
  for (const radius of scene.layout.ringRadii) {
    if (radius <= 0) continue;
    context.beginPath();
    context.arc(0, 0, radius, 0, 2 * Math.PI);
    context.stroke();
  }
  context.globalAlpha = 0.5;
  for (const { inner, outer } of scene.routes.ribbons) {
    context.lineWidth = outer - inner;
    context.beginPath();
    context.arc(0, 0, (inner + outer) / 2, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** Nodes without a card: a bar in the state's colour, with its name under it where there is room for all names. */
function drawFar(context: CanvasRenderingContext2D, width: number, height: number, { scene, places, camera, cards, emphasis }: Picture, colours: Colours): void {
  if (cards.size === scene.nodes.length) return;
  const [cardWidth, cardHeight] = [Math.max(3, CARD_WIDTH * camera.zoom), Math.max(3, CARD_HEIGHT * camera.zoom)];
  const named = scene.nodes.length <= MOST_LABELS && cardWidth > 24;
  const names: [string, number, number][] = [];
  const bars = new Map<string, Path2D>();
  for (let node = 0; node < scene.nodes.length; node++) {
    const x = (places.x[node]! - camera.x) * camera.zoom + width / 2;
    const y = (places.y[node]! - camera.y) * camera.zoom + height / 2;
    if (x < -cardWidth || y < -cardHeight || x > width + cardWidth || y > height + cardHeight || cards.has(node)) continue;
    const shown = !emphasis || emphasis.self.has(node) || emphasis.upstream.has(node) || emphasis.downstream.has(node);
    const colour = colours.state[stateOf(scene.nodes[node]!) ?? "PENDING"]!;
    const key = shown ? colour : `${colour} pale`;
    if (cardHeight < 6) {
      context.globalAlpha = shown ? 1 : 0.2;
      context.fillStyle = colour;
      context.fillRect(x - cardWidth / 2, y - cardHeight / 2, cardWidth, cardHeight);
      if (named && shown) names.push([scene.nodes[node]!.name, x, y + cardHeight / 2 + 10]);
      continue;
    }
    let bar = bars.get(key);
    if (!bar) bars.set(key, (bar = new Path2D()));
    bar.roundRect(x - cardWidth / 2, y - cardHeight / 2, cardWidth, cardHeight, Math.min(6, cardHeight / 3));
    if (named && shown) names.push([scene.nodes[node]!.name, x, y + cardHeight / 2 + 10]);
  }
  for (const [key, bar] of bars) {
    context.globalAlpha = key.endsWith(" pale") ? 0.2 : 1;
    context.fillStyle = key.replace(" pale", "");
    context.fill(bar);
  }
  context.globalAlpha = 1;
  context.font = "10px sans-serif";
  context.textAlign = "center";
  context.strokeStyle = colours.surface;
  context.fillStyle = colours.ink;
  context.lineWidth = 3;
  for (const [name, x, y] of names) {
    context.strokeText(name, x, y);
    context.fillText(name, x, y);
  }
}

/** How many edges a ribbon stands for. */
function drawCounts(context: CanvasRenderingContext2D, width: number, height: number, { scene, camera }: Picture, colours: Colours): void {
  context.globalAlpha = 1;
  context.fillStyle = colours.muted;
  context.font = "11px sans-serif";
  context.textAlign = "center";
  for (const { inner, outer, edges } of scene.routes.ribbons) {
    if ((outer - inner) * camera.zoom < 14) continue;
    const y = (-(inner + outer) / 2 - camera.y) * camera.zoom + height / 2;
    context.fillText(`${count(edges)} edges`, width / 2 - camera.x * camera.zoom, y + 4);
  }
}
