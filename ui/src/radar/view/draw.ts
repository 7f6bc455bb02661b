import { count } from "../../time/format";
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
  /** Rings and arcs, or straight columns. */
  radial: boolean;
  emphasis: Emphasis | null;
  /** Nodes that are shown as cards, and so need no dot. */
  cards: ReadonlySet<number>;
}

const MOST_LABELS = 120;

/** Rings, edges, and the nodes that are too far for a card. */
export function draw(context: CanvasRenderingContext2D, width: number, height: number, picture: Picture): void {
  const { scene, camera, radial, emphasis } = picture;
  const colours = coloursNow();
  context.save();
  context.translate(width / 2, height / 2);
  context.scale(camera.zoom, camera.zoom);
  context.translate(-camera.x, -camera.y);
  if (radial) drawRings(context, scene, camera.zoom, colours);
  context.lineWidth = Math.max(0.8, Math.min(2.6, 2.6 * camera.zoom + 0.5)) / camera.zoom;
  context.lineJoin = "round";
  const thinned = scene.shape.sources.length > 600 ? Math.max(0.3, Math.min(1, camera.zoom * 6)) : 1;
  for (const { path, look, alpha, dashed } of picture.edges) {
    context.globalAlpha = emphasis ? alpha : alpha * thinned;
    context.strokeStyle = look === "upstream" || look === "downstream" ? colours[look] : colours.state[look]!;
    context.setLineDash(dashed ? [8 / camera.zoom, 6 / camera.zoom] : []);
    context.stroke(path);
  }
  context.restore();
  drawFar(context, width, height, picture, colours);
  if (radial) drawCounts(context, width, height, picture, colours);
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
  const [cardWidth, cardHeight] = [Math.max(3, CARD_WIDTH * camera.zoom), Math.max(3, CARD_HEIGHT * camera.zoom)];
  const named = scene.nodes.length <= MOST_LABELS && cardWidth > 24;
  context.font = "10px sans-serif";
  context.textAlign = "center";
  for (let node = 0; node < scene.nodes.length; node++) {
    if (cards.has(node)) continue;
    const x = (places.x[node]! - camera.x) * camera.zoom + width / 2;
    const y = (places.y[node]! - camera.y) * camera.zoom + height / 2;
    if (x < -cardWidth || y < -cardHeight || x > width + cardWidth || y > height + cardHeight) continue;
    const shown = !emphasis || emphasis.self.has(node) || emphasis.upstream.has(node) || emphasis.downstream.has(node);
    context.globalAlpha = shown ? 1 : 0.2;
    context.fillStyle = colours.state[stateOf(scene.nodes[node]!) ?? "PENDING"]!;
    context.beginPath();
    context.roundRect(x - cardWidth / 2, y - cardHeight / 2, cardWidth, cardHeight, Math.min(6, cardHeight / 3));
    context.fill();
    if (!named) continue;
    context.strokeStyle = colours.surface;
    context.lineWidth = 3;
    context.strokeText(scene.nodes[node]!.name, x, y + cardHeight / 2 + 10);
    context.fillStyle = colours.ink;
    context.fillText(scene.nodes[node]!.name, x, y + cardHeight / 2 + 10);
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
