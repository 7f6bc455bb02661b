import type { Bounds } from "./bounds";

/** Where the view looks: the world's point in the middle of the screen, and how many pixels a unit takes. */
export interface Camera {
  x: number;
  y: number;
  zoom: number;
}

export interface Size {
  width: number;
  height: number;
}

const LEAST = 0.01;
const MOST = 2.5;
const PADDING = 28;

export const clampZoom = (zoom: number): number => Math.max(LEAST, Math.min(MOST, zoom));

/** Fitting never zooms in further than this, however small the graph. */
const MOST_FITTED = 1.25;

/** A camera that sees everything. */
export function fit({ left, right, top, bottom }: Bounds, { width, height }: Size): Camera {
  const zoom = Math.min((width - 2 * PADDING) / (right - left), (height - 2 * PADDING) / (bottom - top), MOST_FITTED);
  return { x: (left + right) / 2, y: (top + bottom) / 2, zoom: clampZoom(zoom) };
}

/** Whether a camera sees all of it, and not from needlessly far: then a picture that grows need not move. */
export function stillFits(camera: Camera, bounds: Bounds, size: Size): boolean {
  const [halfWidth, halfHeight] = [size.width / 2 / camera.zoom, size.height / 2 / camera.zoom];
  const seen =
    camera.x - halfWidth <= bounds.left &&
    camera.x + halfWidth >= bounds.right &&
    camera.y - halfHeight <= bounds.top &&
    camera.y + halfHeight >= bounds.bottom;
  return seen && fit(bounds, size).zoom < camera.zoom * 1.6;
}

/**
 * Zoom so that the world's point under the pointer stays under it. `dx`, `dy`: the pointer, from the middle of the
 * screen.
 */
export function zoomCamera(camera: Camera, factor: number, dx: number, dy: number): Camera {
  const zoom = clampZoom(camera.zoom * factor);
  return { x: camera.x + dx / camera.zoom - dx / zoom, y: camera.y + dy / camera.zoom - dy / zoom, zoom };
}

/**
 * A camera as a text for the address: by the node nearest to the middle, so that it means the same in another view and
 * after growth.
 */
export function formatCamera(
  { x, y, zoom }: Camera,
  ids: readonly string[],
  positions: { x: Float64Array; y: Float64Array },
): string {
  let nearest = 0;
  const distance = (node: number) => Math.hypot(positions.x[node]! - x, positions.y[node]! - y);
  for (let node = 1; node < ids.length; node++) if (distance(node) < distance(nearest)) nearest = node;
  return [
    ids[nearest],
    Math.round(x - positions.x[nearest]!),
    Math.round(y - positions.y[nearest]!),
    zoom.toPrecision(4),
  ].join("~");
}

/**
 * Parses the text of `formatCamera`; null where it is invalid or its node is missing. `near`: centre on the node, as
 * for another view.
 */
export function parseCamera(
  text: string | undefined,
  ids: readonly string[],
  positions: { x: Float64Array; y: Float64Array },
  near = false,
): Camera | null {
  const [id = "", dx, dy, zoom] = text?.split("~") ?? [];
  const node = ids.indexOf(id);
  const numbers = [dx, dy, zoom].map(Number);
  if (node < 0 || !numbers.every(Number.isFinite) || numbers[2]! <= 0) return null;
  return {
    x: positions.x[node]! + (near ? 0 : numbers[0]!),
    y: positions.y[node]! + (near ? 0 : numbers[1]!),
    zoom: clampZoom(numbers[2]!),
  };
}
