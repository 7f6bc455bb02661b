import { type Dispatch, type Ref, type RefObject, type SetStateAction, useImperativeHandle } from "react";
import type { Camera, Size } from "./camera";
import { renderSnapshot } from "./exportPng";
import type { Layers } from "./layers";
import type { Positions } from "./positions";
import type { Scene } from "./scene";

/** What the side panel covers. */
const PANEL = { narrow: 336, wide: 650 };
const LEAST_CENTRED_ZOOM = 0.7;

export interface StageControl {
  fit: () => void;
  zoomBy: (factor: number) => void;
  /** Pixels of the screen. */
  panBy: (dx: number, dy: number) => void;
  centre: (node: number) => void;
  /** The current view as an image, cards included. */
  snapshot: () => HTMLCanvasElement | null;
}

interface Options {
  scene: Scene;
  positions: Positions;
  camera: Camera;
  latestCamera: RefObject<Camera>;
  setCamera: Dispatch<SetStateAction<Camera | null>>;
  zoomBy: (factor: number) => void;
  size: Size;
  layers: Layers;
  canvas: RefObject<HTMLCanvasElement | null>;
  cards: readonly number[];
}

/** Commands that toolbar, keys and panels give the stage. */
export function useStageControl(
  control: Ref<StageControl>,
  { scene, positions, camera, latestCamera, setCamera, zoomBy, size, layers, canvas, cards }: Options,
): void {
  useImperativeHandle(
    control,
    () => ({
      fit: () => setCamera(null),
      zoomBy,
      panBy: (dx, dy) =>
        setCamera((before) => {
          const { x, y, zoom } = before ?? latestCamera.current;
          return { x: x + dx / zoom, y: y + dy / zoom, zoom };
        }),
      centre: (node) =>
        setCamera((before) => {
          const zoom = Math.max(LEAST_CENTRED_ZOOM, (before ?? latestCamera.current).zoom);
          const panel = Math.min(scene.nodes[node]!.members === null ? PANEL.narrow : PANEL.wide, size.width / 2);
          return { x: positions.x[node]! - panel / 2 / zoom, y: positions.y[node]!, zoom };
        }),
      snapshot: () =>
        canvas.current && renderSnapshot(canvas.current, { layers, scene, positions, camera, cards, size }),
    }),
    [scene, positions, camera, latestCamera, setCamera, zoomBy, size, layers, canvas, cards],
  );
}
