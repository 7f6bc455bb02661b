import { useEffect, useMemo, useRef, useState } from "react";
import type { Graph as ApiGraph } from "../../api/types";
import { grow } from "../layout/growing";
import { layOut, type Layout } from "../layout/layout";
import type { LayoutRequest } from "../layout.worker";
import { type Scene, sceneOf, shapeOf } from "./scene";

const HERE_UP_TO = 300;

/**
 * The scene of a graph. Small ones are laid out here and now, others in a worker while the last picture stays. A node keeps its place
 * as the graph grows, until it has doubled, and then its order; `tidy` lays everything out anew.
 */
export function useScene(graph: ApiGraph, tidy = 0): Scene | null {
  const [scene, setScene] = useState<Scene | null>(() => (isSmall(graph) ? sceneOf(graph, layOut(shapeOf(graph))) : null));
  const latest = useRef(scene);
  const worker = useRef<Worker | null>(null);
  const tidied = useRef(tidy);
  const structure = useMemo(() => `${graph.flow_run_id} ${graph.run_try} ${graph.nodes.length} ${graph.edges.length}`, [graph]);
  const shown = useRef(scene ? structure : "");

  useEffect(() => {
    const show = (layout: Layout) => {
      shown.current = structure;
      latest.current = sceneOf(graph, layout, latest.current?.layout === layout ? latest.current.routes : undefined);
      setScene(latest.current);
    };
    const before = latest.current;
    const anew = tidied.current !== tidy;
    tidied.current = tidy;
    if (before && shown.current === structure && !anew) {
      show(before.layout); // only states changed
      return;
    }
    const kept = before && !anew && before.graph.flow_run_id === graph.flow_run_id ? grow(shapeOf(graph), { graph: before.shape, layout: before.layout }, placesIn(before, graph)) : null;
    if (kept) {
      show(kept);
      return;
    }
    const previousAngles = before && !anew && before.graph.flow_run_id === graph.flow_run_id ? anglesOf(before, graph) : undefined;
    if (isSmall(graph)) {
      show(layOut(shapeOf(graph), previousAngles ? { previousAngles } : {}));
      return;
    }
    worker.current ??= new Worker(new URL("../layout.worker.ts", import.meta.url), { type: "module" });
    const number = performance.now();
    const told = ({ data }: MessageEvent<{ number: number; layout: Layout }>) => data.number === number && show(data.layout);
    worker.current.addEventListener("message", told);
    worker.current.postMessage({ number, graph: shapeOf(graph), previousAngles } satisfies LayoutRequest);
    return () => worker.current?.removeEventListener("message", told);
  }, [graph, structure, tidy]);

  useEffect(() => () => worker.current?.terminate(), []);
  return scene;
}

const isSmall = (graph: ApiGraph): boolean => graph.nodes.length <= HERE_UP_TO;

function anglesOf(before: Scene, graph: ApiGraph): Float64Array {
  const angles = new Map(before.nodes.map((node, at) => [node.id, before.layout.angles[at]!]));
  return Float64Array.from(graph.nodes, (node) => angles.get(node.id) ?? Number.NaN);
}

function placesIn(before: Scene, graph: ApiGraph): Int32Array {
  const places = new Map(before.nodes.map((node, at) => [node.id, at]));
  return Int32Array.from(graph.nodes, (node) => places.get(node.id) ?? -1);
}
