import type { Camera } from "./camera";
import { CARD_HEIGHT, CARD_WIDTH } from "./camera";
import { coloursNow } from "./colours";
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
  /** Rings and arcs, or straight columns. */
  radial: boolean;
  emphasis: Emphasis | null;
  /** Nodes that are shown as cards, and so need no dot. */
  cards: ReadonlySet<number>;
}

/** Rings, edges, and the nodes that are too far for a card. */
export function draw(context: CanvasRenderingContext2D, width: number, height: number, picture: Picture): void {
  const { scene, places, camera, radial, cards, emphasis } = picture;
  const colours = coloursNow();
  const screenX = (x: number) => (x - camera.x) * camera.zoom + width / 2;
  const screenY = (y: number) => (y - camera.y) * camera.zoom + height / 2;
  if (radial) {
    context.strokeStyle = colours.line;
    context.lineWidth = Math.max(1, Math.min(26, 46 * camera.zoom));
    context.globalAlpha = 0.55;
    for (const radius of scene.layout.ringRadii) {
      if (radius <= 0) continue;
      context.beginPath();
      context.arc(screenX(0), screenY(0), radius * camera.zoom, 0, 2 * Math.PI);
      context.stroke();
    }
    context.globalAlpha = 1;
  }
  const { sources, targets } = scene.shape;
  context.lineWidth = Math.max(0.6, Math.min(2.6, 2.6 * camera.zoom));
  for (let edge = 0; edge < sources.length; edge++) {
    const [source, target] = [sources[edge]!, targets[edge]!];
    const hue = emphasis && hueOf(emphasis, source, target);
    const upstream = scene.nodes[source]!;
    const pale = scene.nodes[target]!.state_name === "NotReady";
    context.globalAlpha = emphasis ? (hue ? 1 : 0.08) : pale ? 0.3 : sources.length > 3000 ? 0.35 : 0.85;
    context.strokeStyle = hue === "upstream" ? colours.upstream : hue === "downstream" ? colours.downstream : colours.state[stateOf(upstream) ?? "PENDING"]!;
    context.setLineDash(scene.layout.closesCycle[edge] ? [4, 4] : []);
    context.beginPath();
    if (radial) arcTo(context, scene, edge, screenX, screenY, camera.zoom);
    else {
      const [fromX, toX] = [screenX(places.x[source]!), screenX(places.x[target]!)];
      const middle = (fromX + toX) / 2;
      context.moveTo(fromX, screenY(places.y[source]!));
      context.bezierCurveTo(middle, screenY(places.y[source]!), middle, screenY(places.y[target]!), toX, screenY(places.y[target]!));
    }
    context.stroke();
  }
  context.setLineDash([]);
  const [cardWidth, cardHeight] = [Math.max(3, CARD_WIDTH * camera.zoom), Math.max(3, CARD_HEIGHT * camera.zoom)];
  for (let node = 0; node < scene.nodes.length; node++) {
    if (cards.has(node)) continue;
    const [x, y] = [screenX(places.x[node]!), screenY(places.y[node]!)];
    if (x < -cardWidth || y < -cardHeight || x > width + cardWidth || y > height + cardHeight) continue;
    const shown = !emphasis || emphasis.self.has(node) || emphasis.upstream.has(node) || emphasis.downstream.has(node);
    context.globalAlpha = shown ? 1 : 0.2;
    context.fillStyle = colours.state[stateOf(scene.nodes[node]!) ?? "PENDING"]!;
    context.beginPath();
    context.roundRect(x - cardWidth / 2, y - cardHeight / 2, cardWidth, cardHeight, Math.min(6, cardHeight / 3));
    context.fill();
  }
  context.globalAlpha = 1;
}

function hueOf({ upstream, downstream, self }: Emphasis, source: number, target: number): "upstream" | "downstream" | null {
  if (upstream.has(source) && (upstream.has(target) || self.has(target))) return "upstream";
  if (downstream.has(target) && (downstream.has(source) || self.has(source))) return "downstream";
  return null;
}

/** From ring to ring: out along the angle, around on an arc halfway, and out again. */
function arcTo(context: CanvasRenderingContext2D, scene: Scene, edge: number, screenX: (x: number) => number, screenY: (y: number) => number, zoom: number): void {
  const { path, pathStarts, pathTurns, angles, radii } = scene.layout;
  let angle = angles[path[pathStarts[edge]!]!]!;
  let radius = radii[path[pathStarts[edge]!]!]!;
  context.moveTo(screenX(radius * Math.cos(angle)), screenY(radius * Math.sin(angle)));
  for (let at = pathStarts[edge]! + 1; at < pathStarts[edge + 1]!; at++) {
    const vertex = path[at]!;
    const turned = nearest(angles[vertex]! + pathTurns[at]! * 2 * Math.PI, angle);
    const outer = radii[vertex]!;
    const middle = (radius + outer) / 2;
    context.lineTo(screenX(middle * Math.cos(angle)), screenY(middle * Math.sin(angle)));
    context.arc(screenX(0), screenY(0), Math.max(0, middle * zoom), angle, turned, turned < angle);
    context.lineTo(screenX(outer * Math.cos(turned)), screenY(outer * Math.sin(turned)));
    angle = turned;
    radius = outer;
  }
}

/** The same direction, by full turns as near to another angle as can be. */
function nearest(angle: number, to: number): number {
  const turn = 2 * Math.PI;
  return angle - Math.round((angle - to) / turn) * turn;
}
