import type { Digraph } from "./layout/digraph";
import { layOut, type LayoutOptions } from "./layout/layout";

export interface LayoutRequest {
  number: number;
  graph: Digraph;
  options: LayoutOptions;
}

self.onmessage = ({ data }: MessageEvent<LayoutRequest>) => {
  self.postMessage({ number: data.number, layout: layOut(data.graph, data.options) });
};
