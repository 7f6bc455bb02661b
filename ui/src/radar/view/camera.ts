import type { Places } from "./scene";

/** Where the view looks: the world's point in the middle of the screen, and how many pixels a unit takes. */
export interface Camera {
  x: number;
  y: number;
  zoom: number;
}

export const CARD_WIDTH = 216;
export const CARD_HEIGHT = 44;
const LEAST = 0.01;
const MOST = 2.5;

export const clampZoom = (zoom: number): number => Math.max(LEAST, Math.min(MOST, zoom));

/** A camera that sees everything, at full size where there is room. */
export function fit({ x, y }: Places, width: number, height: number, only?: Iterable<number>): Camera {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const at of only ?? x.keys()) {
    left = Math.min(left, x[at]!);
    right = Math.max(right, x[at]!);
    top = Math.min(top, y[at]!);
    bottom = Math.max(bottom, y[at]!);
  }
  if (left > right) return { x: 0, y: 0, zoom: 1 };
  const zoom = Math.min(width / (right - left + CARD_WIDTH + 80), height / (bottom - top + CARD_HEIGHT + 80), 1);
  return { x: (left + right) / 2, y: (top + bottom) / 2, zoom: clampZoom(zoom) };
}

/** Zoom so that the world's point under the pointer stays under it. `dx`, `dy`: the pointer, from the middle of the screen. */
export function zoomed(camera: Camera, factor: number, dx: number, dy: number): Camera {
  const zoom = clampZoom(camera.zoom * factor);
  return { x: camera.x + dx / camera.zoom - dx / zoom, y: camera.y + dy / camera.zoom - dy / zoom, zoom };
}
