/** What one frame of Radar or Layered is drawn from, and the canvases it is drawn on. */
import { CachedCanvas } from "./cachedCanvas";
import type { Camera } from "./camera";
import type { EdgeLayer } from "./edges";
import type { Emphasis } from "./emphasis";
import type { Positions } from "./positions";
import type { Scene } from "./scene";

/** The cached canvases below the canvas of dots, from bottom to top. */
export interface Layers {
  readonly ground: CachedCanvas;
  readonly edges: CachedCanvas;
  readonly traced: CachedCanvas;
}

export interface Frame {
  scene: Scene;
  positions: Positions;
  camera: Camera;
  edges: readonly EdgeLayer[];
  /** Those that stand out, drawn over all others, in parts that take about as long. */
  traced: readonly (() => readonly EdgeLayer[])[];
  /** The grounds of opened subflows. */
  tints: readonly Path2D[];
  layers: Layers;
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

export const createLayers = (): Layers => ({
  ground: new CachedCanvas("ground"),
  edges: new CachedCanvas("edges"),
  traced: new CachedCanvas("traced"),
});
