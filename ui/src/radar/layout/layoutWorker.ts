/** Lays large graphs out in a worker, so that the page stays responsive. */
import type { LayoutRequest } from "../layout.worker";
import type { Digraph } from "./digraph";
import { layOut, type Layout, type LayoutOptions } from "./layout";

/** Up to this many vertices a layout takes less than a frame, and a worker would take longer. */
const HERE_UP_TO = 300;

export const isSmall = (graph: Digraph): boolean => graph.vertexCount <= HERE_UP_TO;

let worker: Worker | null = null;
let asked = 0;
const waiting = new Map<number, (layout: Layout) => void>();

export async function layOutInWorker(graph: Digraph, options: LayoutOptions): Promise<Layout> {
  if (isSmall(graph)) return layOut(graph, options);
  if (!worker) {
    worker = new Worker(new URL("../layout.worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<{ number: number; layout: Layout }>) => {
      waiting.get(data.number)?.(data.layout);
      waiting.delete(data.number);
    });
  }
  const number = asked++;
  worker.postMessage({ number, graph, options } satisfies LayoutRequest);
  return new Promise((resolve) => waiting.set(number, resolve));
}
