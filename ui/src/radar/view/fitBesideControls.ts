import type { Bounds } from "./bounds";
import { type Camera, fit, type Size } from "./camera";
import { CARD_HEIGHT, CARD_WIDTH } from "./card";
import type { Positions } from "./positions";

/** What minimap and buttons cover in their corner. */
const CONTROLS = { width: 188, height: 226 };
/** The least scale, relative to the whole window, at which the graph is still moved beside them. */
const LEAST_BESIDE = 0.65;

/** A camera that sees everything; where the minimap would cover a node, everything beside the minimap. */
export function fitBesideControls({ x, y, nodeCount }: Positions, bounds: Bounds, size: Size): Camera {
  const camera = fit(bounds, size);
  for (let node = 0; node < nodeCount; node++) {
    const dx = (x[node]! - camera.x + CARD_WIDTH / 2) * camera.zoom;
    const dy = (y[node]! - camera.y + CARD_HEIGHT / 2) * camera.zoom;
    if (dx < size.width / 2 - CONTROLS.width || dy < size.height / 2 - CONTROLS.height) continue;
    const beside = fit(bounds, { ...size, width: size.width - CONTROLS.width });
    if (beside.zoom < camera.zoom * LEAST_BESIDE) return camera; // in a small window the nodes matter more
    return { ...beside, x: beside.x + CONTROLS.width / 2 / beside.zoom };
  }
  return camera;
}
