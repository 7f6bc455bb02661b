/** Keeps a flow looking the same from run to run: nodes that stand for the same call take the angle they had in another run. */
import type { Graph as ApiGraph, GraphNode } from "../../api/types";

/** Names a node by what it is called for: its task and which of that task's nodes it is, in order of creation. */
export function callsOf({ nodes, tasks }: ApiGraph): string[] {
  const seen = new Map<string, number>();
  return nodes.map((node: GraphNode) => {
    const task = node.task === null ? "" : (tasks[node.task]?.key ?? "");
    const nth = seen.get(task) ?? 0;
    seen.set(task, nth + 1);
    return `${task} ${nth}`;
  });
}

/** For each node of `graph`, the angle of the same call in a run whose angles are known; NaN where it had none. */
export function anglesByCall(graph: ApiGraph, earlier: ApiGraph, angles: ArrayLike<number>): Float64Array {
  const known = new Map(callsOf(earlier).map((call, at) => [call, angles[at]!]));
  return Float64Array.from(callsOf(graph), (call) => known.get(call) ?? Number.NaN);
}
