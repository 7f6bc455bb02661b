import type { Graph } from "./layout/graph";
import { layOut } from "./layout/layout";

export interface LayoutRequest {
  number: number;
  graph: Graph;
  previousAngles: Float64Array | undefined;
}

self.onmessage = ({ data }: MessageEvent<LayoutRequest>) => {
  const layout = layOut(data.graph, data.previousAngles ? { previousAngles: data.previousAngles } : {});
  self.postMessage({ number: data.number, layout });
};
