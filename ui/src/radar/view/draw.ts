import { count } from "../../time/format";
import type { Backdrop } from "./backdrop";
import type { Camera } from "./camera";
import { type Colours, coloursNow } from "./colours";
import type { EdgeLayer } from "./edges";
import type { Emphasis } from "./emphasis";
import { drawFar } from "./far";
import type { Places } from "./places";
import type { Scene } from "./scene";

export interface Picture {
  scene: Scene;
  places: Places;
  camera: Camera;
  edges: readonly EdgeLayer[];
  /** Those that stand out, drawn over all others. */
  traced: readonly EdgeLayer[];
  /** The grounds of opened subflows. */
  tints: readonly Path2D[];
  backdrop: Backdrop;
  /** The camera has just moved, and may be moving on. */
  moving: boolean;
  /** How far nodes have come on their way to where they are drawn next, 0 to 1: edges appear as they arrive. */
  arrived: number;
  /** Rings and arcs, or straight columns. */
  radial: boolean;
  emphasis: Emphasis | null;
  /** Nodes that are shown as cards, and so need no dot. */
  cards: ReadonlySet<number>;
  chosen: ReadonlySet<number>;
}

/** From so many edges on, moving shows the last picture of them. */
const MANY_EDGES = 600;
/** How much is left of the other edges where some stand out. */
const PALE = 0.12;
const RING_GAP = 260;
const LEAST_RINGS = 3;

/** Rings, edges, and the nodes that are too far for a card. */
export function draw(context: CanvasRenderingContext2D, width: number, height: number, picture: Picture): void {
  const { scene, camera, radial, backdrop, moving, traced } = picture;
  const colours = coloursNow();
  const world = (on: CanvasRenderingContext2D) => drawWorld(on, picture, colours);
  if (scene.shape.sources.length > MANY_EDGES) backdrop.paint(context, { camera, width, height, of: traced }, moving, world);
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

/** Rings, grounds and edges, in the world's pixels. */
function drawWorld(context: CanvasRenderingContext2D, { scene, camera, radial, emphasis, edges, traced, tints, arrived }: Picture, colours: Colours): void {
  if (radial) drawRings(context, scene, camera.zoom, colours);
  for (const tint of tints) {
    context.fillStyle = context.strokeStyle = colours.accent;
    context.globalAlpha = 0.07 * arrived;
    context.fill(tint);
    context.globalAlpha = 0.35 * arrived;
    context.lineWidth = 1.2 / camera.zoom;
    context.stroke(tint);
  }
  const usual = Math.max(scene.shape.sources.length > MANY_EDGES ? 0.8 : 1.2, Math.min(3, 2.6 * camera.zoom + 0.6)) / camera.zoom;
  context.lineJoin = "round";
  const thinned = scene.shape.sources.length > MANY_EDGES ? Math.max(0.5, Math.min(1, camera.zoom * 6)) : 1;
  const stroke = ({ path, look, alpha, dashed }: EdgeLayer, strength: number): void => {
    const stands = look === "upstream" || look === "downstream";
    context.lineWidth = stands ? usual * 1.3 : usual;
    context.globalAlpha = alpha * strength * arrived;
    context.strokeStyle = stands ? colours[look] : colours.state[look]!;
    context.setLineDash(dashed ? [8 / camera.zoom, 6 / camera.zoom] : []);
    context.stroke(path);
  };
  for (const layer of edges) stroke(layer, emphasis ? PALE : thinned);
  for (const layer of traced) stroke(layer, 1);
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** Radius and strength of each ring; where there are few, some more that hold nothing yet. */
export function ringsToDraw({ layout: { ringRadii } }: Scene): [radius: number, alpha: number][] {
  const rings = Array.from(ringRadii, (radius): [number, number] => [radius, 1]);
  for (let more = 1; rings.length < LEAST_RINGS; more++) rings.push([(rings.at(-1)?.[0] ?? 0) + RING_GAP, 1 / (more + 1)]);
  return rings.filter(([radius]) => radius > 0);
}

function drawRings(context: CanvasRenderingContext2D, scene: Scene, zoom: number, colours: Colours): void {
  context.strokeStyle = colours.line;
  context.lineWidth = Math.max(1 / zoom, Math.min(26 / zoom, 40));
  for (const [radius, alpha] of ringsToDraw(scene)) {
    context.globalAlpha = 0.6 * alpha;
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

/** How many edges a ribbon stands for. */
function drawCounts(context: CanvasRenderingContext2D, width: number, height: number, { scene, camera }: Picture, colours: Colours): void {
  context.globalAlpha = 1;
  context.fillStyle = colours.muted;
  context.font = `11px ${colours.font}`;
  context.textAlign = "center";
  for (const { inner, outer, edges } of scene.routes.ribbons) {
    if ((outer - inner) * camera.zoom < 14) continue;
    const y = (-(inner + outer) / 2 - camera.y) * camera.zoom + height / 2;
    context.fillText(`${count(edges)} edges`, width / 2 - camera.x * camera.zoom, y + 4);
  }
}
