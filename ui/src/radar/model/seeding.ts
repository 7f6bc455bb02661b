/**
 * Keeps a flow looking the same from run to run: nodes that stand for the same call take the angle they had in another
 * run.
 */
import type { Graph, GraphShape } from "../../api/types";

export const graphShapeOf = ({ flow_run_id, tasks, nodes, edges }: Graph): GraphShape => ({
  flow_run_id,
  edges,
  tasks: tasks.map(({ key }) => key),
  nodes: nodes.map(({ task }) => task),
});

/** Names a node by what it is called for: its task and which of that task's nodes it is, in order of creation. */
function callsOf({ nodes, tasks }: GraphShape): string[] {
  const seen = new Map<string, number>();
  return nodes.map((place) => {
    const task = place === null ? "" : (tasks[place] ?? "");
    const nth = seen.get(task) ?? 0;
    seen.set(task, nth + 1);
    return `${task} ${nth}`;
  });
}

/** For each node of `shape`, the angle of the same call in a run whose angles are known; NaN where it had none. */
export function anglesByCall(shape: GraphShape, earlier: GraphShape, angles: ArrayLike<number>): Float64Array {
  const known = new Map(callsOf(earlier).map((call, at) => [call, angles[at]!]));
  return Float64Array.from(callsOf(shape), (call) => known.get(call) ?? Number.NaN);
}

/** Whether two runs made the same calls, which depend on one another alike: then they look alike by themselves. */
export function areAlike(one: GraphShape, other: GraphShape): boolean {
  if (one.nodes.length !== other.nodes.length || one.edges.length !== other.edges.length) return false;
  const [ours, theirs] = [callsOf(one), callsOf(other)];
  return (
    ours.every((call, at) => call === theirs[at]) &&
    one.edges.every(([from, to], at) => from === other.edges[at]![0] && to === other.edges[at]![1])
  );
}
