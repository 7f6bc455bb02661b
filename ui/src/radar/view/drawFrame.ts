import { count } from "../../time/format";
import type { Camera } from "./camera";
import { type Colours, coloursNow } from "./colours";
import type { EdgeLayer } from "./edges";
import { drawDots } from "./dots";
import type { Frame } from "./layers";
import type { LaidOutGraph } from "./laidOutGraph";

/** From this many edges on, moving shows their cached image. */
const MANY_EDGES = 600;
/** How much is seen of the other edges where some stand out. */
const PALE = 0.12;
/** Of edges that close a cycle, in widths of the line. */
const DASHES = [3, 2.5];
const STANDING_WIDTH = 1.3;
const RING_GAP = 260;
const LEAST_RINGS = 3;

/** Rings, edges, and the nodes that are too far for a card. What only stands out more, or less, is not drawn again. */
export function drawFrame(context: CanvasRenderingContext2D, width: number, height: number, frame: Frame): void {
  const { scene, camera, radial, layers, moving, arrived, edges, traced, tints, emphasis } = frame;
  const colours = coloursNow();
  const view = { camera, size: { width, height } };
  const isCostly = scene.digraph.sources.length > MANY_EDGES;
  const alpha = isCostly ? Math.max(0.5, Math.min(1, camera.zoom * 6)) : 1;
  layers.ground.show(
    view,
    { of: [scene.laidOut, tints, radial, tints.length ? arrived : 1, colours], isCostly, moving, opacity: 1 },
    [(on) => drawGround(on, frame, colours)],
  );
  layers.edges.show(view, { of: [edges, colours], isCostly, moving, opacity: arrived * (emphasis ? PALE : alpha) }, [
    (on) => drawEdges(on, edges, lineWidth(camera, isCostly), colours),
  ]);
  layers.traced.show(
    view,
    { of: [traced, colours], isCostly, moving, opacity: arrived },
    traced.map((part) => (on) => drawEdges(on, part(), lineWidth(camera, isCostly) * STANDING_WIDTH, colours)),
  );
  drawDots(context, width, height, frame, colours);
  if (radial) drawCounts(context, width, height, frame, colours);
  context.globalAlpha = 1;
}

/** In the world's pixels, as all that is drawn on layers. */
const lineWidth = ({ zoom }: Camera, thin: boolean): number =>
  Math.max(thin ? 0.8 : 1.2, Math.min(3, 2.6 * zoom + 0.6)) / zoom;

function drawGround(
  context: CanvasRenderingContext2D,
  { scene, camera, radial, tints, arrived }: Frame,
  colours: Colours,
): void {
  if (radial) drawRings(context, scene, camera.zoom, colours);
  context.fillStyle = context.strokeStyle = colours.accent;
  context.lineWidth = 1.2 / camera.zoom;
  for (const tint of tints) {
    context.globalAlpha = 0.07 * arrived;
    context.fill(tint);
    context.globalAlpha = 0.35 * arrived;
    context.stroke(tint);
  }
  context.globalAlpha = 1;
}

function drawEdges(
  context: CanvasRenderingContext2D,
  layers: readonly EdgeLayer[],
  width: number,
  colours: Colours,
): void {
  context.lineJoin = "round";
  context.lineWidth = width;
  for (const { path, look, alpha, dashed } of layers) {
    context.globalAlpha = alpha;
    context.strokeStyle = look === "upstream" || look === "downstream" ? colours[look] : colours.state[look]!;
    context.setLineDash(dashed ? DASHES.map((length) => length * width) : []);
    context.stroke(path);
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** Radius and strength of each ring; where there are few, some more that hold nothing yet. */
export function ringsToDraw({ layout: { ringRadii } }: LaidOutGraph): [radius: number, alpha: number][] {
  const rings = Array.from(ringRadii, (radius): [number, number] => [radius, 1]);
  for (let more = 1; rings.length < LEAST_RINGS; more++)
    rings.push([(rings.at(-1)?.[0] ?? 0) + RING_GAP, 1 / (more + 1)]);
  return rings.filter(([radius]) => radius > 0);
}

function drawRings(context: CanvasRenderingContext2D, laidOut: LaidOutGraph, zoom: number, colours: Colours): void {
  context.strokeStyle = colours.line;
  context.lineWidth = Math.max(1 / zoom, Math.min(26 / zoom, 40));
  for (const [radius, alpha] of ringsToDraw(laidOut)) {
    context.globalAlpha = 0.6 * alpha;
    context.beginPath();
    context.arc(0, 0, radius, 0, 2 * Math.PI);
    context.stroke();
  }
  context.globalAlpha = 0.5;
  for (const { inner, outer } of laidOut.routes.ribbons) {
    context.lineWidth = outer - inner;
    context.beginPath();
    context.arc(0, 0, (inner + outer) / 2, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** How many edges a ribbon stands for. */
function drawCounts(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  { scene, camera }: Frame,
  colours: Colours,
): void {
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
