import { type RefCallback, type RefObject, useCallback, useMemo, useState } from "react";
import { drawFrame } from "./drawFrame";
import { edgeLayers, tracedLayers } from "./edges";
import { createLayers, type Frame, type Layers } from "./layers";
import type { Positions } from "./positions";
import { tintsOf } from "./tints";
import { type Draw, useCanvas } from "./useCanvas";

type Options = Omit<Frame, "edges" | "traced" | "tints" | "layers" | "cards"> & {
  /** Where nodes are once they have stopped moving: edges are drawn between these. */
  settled: Positions;
  cards: readonly number[];
};

interface FrameCanvas {
  layers: Layers;
  /** For the element that holds the cached canvases. */
  mountLayers: RefCallback<HTMLElement>;
  canvas: RefObject<HTMLCanvasElement | null>;
}

const NONE: ReturnType<typeof tracedLayers> = [];

/** Draws the frame whenever something of it changes; what a change leaves alone is computed once. */
export function useFrameCanvas(options: Options): FrameCanvas {
  const { scene, positions, settled, camera, moving, arrived, radial, emphasis, cards, chosen } = options;
  const { laidOut } = scene;
  const [layers] = useState(createLayers);
  const mountLayers = useCallback(
    (host: HTMLElement | null) =>
      host?.replaceChildren(layers.ground.canvas, layers.edges.canvas, layers.traced.canvas),
    [layers],
  );
  const edges = useMemo(() => edgeLayers(scene, settled, radial), [scene, settled, radial]);
  const traced = useMemo(
    () => (emphasis ? tracedLayers(laidOut, settled, radial, emphasis) : NONE),
    [laidOut, settled, radial, emphasis],
  );
  const tints = useMemo(() => tintsOf(laidOut, settled, radial), [laidOut, settled, radial]);
  const paint = useMemo((): Draw => {
    const frame: Frame = {
      ...{ scene, positions, camera, edges, traced, tints, layers, moving, arrived, radial, emphasis, chosen },
      cards: new Set(cards),
    };
    return (context, width, height) => drawFrame(context, width, height, frame);
  }, [scene, positions, camera, edges, traced, tints, layers, moving, arrived, radial, emphasis, cards, chosen]);
  return { layers, mountLayers, canvas: useCanvas(paint) };
}
