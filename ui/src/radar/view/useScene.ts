import { useEffect, useRef, useState } from "react";
import { isSmall, layOutInWorker } from "../layout/layoutWorker";
import { grow } from "../layout/growing";
import { layOut, type Layout, type LayoutOptions } from "../layout/layout";
import type { VisibleGraph } from "../model/visibleGraph";
import { type Scene, sceneOf } from "./scene";
import { digraphOf } from "./laidOutGraph";

interface Options {
  /** A new number recomputes the whole layout. */
  tidy?: number;
  /** Angles of nodes that have not been seen in this picture, from another run; NaN: none. */
  seed?: Float64Array | null;
}

/**
 * The scene of what is shown. Small graphs are laid out here and now, others in a worker while the last picture stays.
 * A node keeps its place as the graph grows, until it has doubled, and then its order; `tidy` lays everything out anew.
 */
export function useScene(shown: VisibleGraph, { tidy = 0, seed = null }: Options = {}): Scene | null {
  const [scene, setScene] = useState<Scene | null>(() =>
    isSmall(digraphOf(shown.graph)) ? sceneOf(shown, layOut(digraphOf(shown.graph), optionsOf(shown, seed))) : null,
  );
  const latest = useRef(scene);
  const tidied = useRef(tidy);

  useEffect(() => {
    const show = (layout: Layout) => {
      latest.current = sceneOf(shown, layout, latest.current);
      setScene(latest.current);
    };
    const anew = tidied.current !== tidy;
    tidied.current = tidy;
    const before = anew || latest.current?.graph.flow_run_id !== shown.graph.flow_run_id ? null : latest.current;
    if (before?.visible.structureKey === shown.structureKey) {
      show(before.layout); // only states changed
      return undefined;
    }
    const digraph = digraphOf(shown.graph);
    const refolded =
      before !== null &&
      (before.visible.sectorParents.length > 0 ||
        shown.sectorParents.length > 0 ||
        before.visible.folded.some(Boolean) ||
        shown.folded.some(Boolean));
    const kept =
      before && !refolded
        ? grow(digraph, { graph: before.digraph, layout: before.layout }, placesIn(before, shown), seed)
        : null;
    if (kept) {
      show(kept);
      return undefined;
    }
    const options = optionsOf(shown, before ? anglesOf(before, shown, seed) : anew ? null : seed);
    if (isSmall(digraph)) {
      show(layOut(digraph, options));
      return undefined;
    }
    let wanted = true;
    void layOutInWorker(digraph, options).then((layout) => wanted && show(layout));
    return () => {
      wanted = false;
    };
    // The seed is only for the first picture: what is shown keeps its places.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [shown, tidy]);
  return scene;
}

function optionsOf({ sectorOf, sectorParents }: VisibleGraph, previousAngles: Float64Array | null): LayoutOptions {
  const known = previousAngles?.some((angle) => !Number.isNaN(angle)) ? { previousAngles } : {};
  return sectorParents.length ? { ...known, sectors: { of: sectorOf, parents: sectorParents } } : known;
}

function anglesOf(before: Scene, { graph }: VisibleGraph, seed: Float64Array | null): Float64Array {
  const angles = new Map(before.nodes.map((node, at) => [node.id, before.layout.angles[at]!]));
  return Float64Array.from(graph.nodes, (node, at) => angles.get(node.id) ?? seed?.[at] ?? Number.NaN);
}

function placesIn(before: Scene, { graph }: VisibleGraph): Int32Array {
  const places = new Map(before.nodes.map((node, at) => [node.id, at]));
  return Int32Array.from(graph.nodes, (node) => places.get(node.id) ?? -1);
}
