/** Which nodes have cards on the screen, and which node a point is on. */
import type { Camera, Size } from "./camera";
import { CARD_HEIGHT, CARD_WIDTH } from "./card";
import type { Positions } from "./positions";

const MOST_CARDS = 150;
/** Below that zoom, cards of neighbouring rings, or columns, would overlap. */
const CARDS_FROM_ZOOM = { radial: 0.6, layered: 0.52 };
const DOT_PIXELS = 12;

/** The nodes on the screen; none where they are too small to be read as cards, or too many. */
export function cardsOnScreen(
  { x, y, nodeCount }: Positions,
  camera: Camera,
  { width, height }: Size,
  radial: boolean,
): number[] {
  if (camera.zoom < (radial ? CARDS_FROM_ZOOM.radial : CARDS_FROM_ZOOM.layered)) return [];
  const found: number[] = [];
  const halfWidth = width / 2 / camera.zoom + CARD_WIDTH / 2;
  const halfHeight = height / 2 / camera.zoom + CARD_HEIGHT;
  for (let node = 0; node < nodeCount; node++) {
    if (Math.abs(x[node]! - camera.x) <= halfWidth && Math.abs(y[node]! - camera.y) <= halfHeight) {
      if (found.length === MOST_CARDS) return [];
      found.push(node);
    }
  }
  return found;
}

/** The topmost card at a point, or without cards the nearest dot beside it. */
export function nodeAtPoint(
  { x, y, nodeCount }: Positions,
  point: { x: number; y: number },
  { zoom }: Camera,
  cards: readonly number[],
): number | null {
  if (cards.length) {
    const isOn = (node: number) =>
      Math.abs(x[node]! - point.x) <= CARD_WIDTH / 2 && Math.abs(y[node]! - point.y) <= CARD_HEIGHT / 2 + 2;
    return cards.findLast(isOn) ?? null;
  }
  let [nearest, least] = [-1, DOT_PIXELS / zoom];
  for (let node = 0; node < nodeCount; node++) {
    const distance = Math.hypot(x[node]! - point.x, y[node]! - point.y);
    if (distance < least) [nearest, least] = [node, distance];
  }
  return nearest < 0 ? null : nearest;
}
