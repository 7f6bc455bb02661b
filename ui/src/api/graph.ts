/** The graph of a run as the server sends it: short, and while it grows only what is new. */
import type { Graph, GraphNode, GroupMembers } from "./types";

/** The server leaves out of a node what does not apply, since there are many; here it is null. */
const NO_NODE = {
  task: null,
  state_type: null,
  state_name: null,
  start: null,
  end: null,
  run_count: null,
  parent: null,
  subflow: null,
  members: null,
  states: null,
};
const wholeNode = (node: GraphNode): GraphNode => ({ ...NO_NODE, ...node });

export const wholeMembers = (found: GroupMembers): GroupMembers => ({ ...found, nodes: found.nodes.map(wholeNode) });

/** What was known, with the news laid over it; nodes that have not changed stay the same objects. */
export function upToDate(known: Graph | undefined, news: Graph): Graph {
  if (news.since == null || !news.places) return { ...news, nodes: news.nodes.map(wholeNode) };
  if (!known || known.number !== news.since) throw new Error("These changes belong to another graph.");
  const nodes = known.nodes.slice();
  news.places.forEach((place, at) => (nodes[place] = wholeNode(news.nodes[at]!)));
  return { ...news, nodes, edges: known.edges, tasks: known.tasks, since: null, places: null };
}
