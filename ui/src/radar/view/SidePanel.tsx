import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import * as queries from "../../api/queries";
import type { GraphNode } from "../../api/types";
import { Button } from "../../components/controls";
import { Close } from "../../components/icons";
import { StateBadge } from "../../components/state";
import { StatesBar } from "../../components/states_bar";
import { duration, plural } from "../../time/format";
import { reachable, type Scene, stateOf } from "./scene";

interface Props {
  scene: Scene;
  chosen: number[];
  onOpen: (node: number) => void;
  onClose: () => void;
}

/** What is chosen, in words, with the ways on from it. */
export function SidePanel({ scene, chosen, onOpen, onClose }: Props) {
  const node = scene.nodes[chosen[0]!]!;
  return (
    <aside aria-label="Chosen" className="absolute top-3 left-3 z-20 flex max-h-[calc(100%-24px)] w-80 flex-col gap-3 overflow-y-auto rounded-xl border border-line bg-[var(--raised)] p-4 shadow-[var(--shadow)]">
      <div className="flex items-start justify-between gap-2">
        <h2 className="min-w-0 break-words">{chosen.length === 1 ? node.name : `${chosen.length} chosen`}</h2>
        <Button kind="quiet" square aria-label="Choose nothing" onClick={onClose}>
          <Close />
        </Button>
      </div>
      {chosen.length === 1 ? (
        <One scene={scene} at={chosen[0]!} onOpen={onOpen} />
      ) : (
        <ul className="flex flex-col gap-1.5">
          {chosen.map((each) => (
            <li key={each} className="flex items-center justify-between gap-2">
              <NodeLink node={scene.nodes[each]!} />
              <StateBadge state_type={stateOf(scene.nodes[each]!) ?? "PENDING"} state_name={scene.nodes[each]!.state_name} />
            </li>
          ))}
        </ul>
      )}
    </aside>
  );
}

function One({ scene, at, onOpen }: { scene: Scene; at: number; onOpen: (node: number) => void }) {
  const node = scene.nodes[at]!;
  const [before, after] = [reachable(at, scene.upstream).size, reachable(at, scene.downstream).size];
  return (
    <>
      <div className="flex items-center gap-2">
        <StateBadge state_type={stateOf(node) ?? "PENDING"} state_name={node.members === null ? node.state_name : null} />
        {node.start !== null && node.end !== null && <span className="numeric text-muted">{duration((node.end - node.start) / 1000)}</span>}
        {(node.run_count ?? 1) > 1 && <span className="text-muted">try {node.run_count}</span>}
      </div>
      <p className="text-muted">
        Depends on {plural(before, "node")}; {plural(after, "node")} depend on it.
      </p>
      {node.members !== null ? <Members flowRunId={scene.graph.flow_run_id} node={node} /> : <NodeLink node={node} words="Open its page" />}
      {node.subflow && (
        <Button onClick={() => onOpen(at)}>
          Its own radar ({plural(Object.values(node.subflow.task_run_counts).reduce((sum, each) => sum + each, 0), "task run")})
        </Button>
      )}
    </>
  );
}

function NodeLink({ node, words }: { node: GraphNode; words?: string }) {
  return node.subflow ? (
    <Link to="/runs/flow-run/$id" params={{ id: node.subflow.flow_run_id }} className="link truncate">
      {words ?? node.name}
    </Link>
  ) : (
    <Link to="/runs/task-run/$id" params={{ id: node.id }} className="link truncate">
      {words ?? node.name}
    </Link>
  );
}

const MOST_CELLS = 10_000;

/** A group opened: a square for each member, and a list with the failures first. */
function Members({ flowRunId, node }: { flowRunId: string; node: GraphNode }) {
  const members = useQuery(queries.graphGroup(flowRunId, node.id)).data;
  return (
    <>
      <StatesBar counts={node.states ?? {}} />
      {members?.cells && (
        <div role="img" aria-label={`${plural(members.members, "task run")} by state`} className="flex max-h-48 shrink-0 flex-wrap gap-px overflow-y-auto">
          {[...members.cells.slice(0, MOST_CELLS)].map((letter, at) => (
            <span key={at} data-state={members.letters[letter]} className="state-fill size-[7px] rounded-[1px]" />
          ))}
        </div>
      )}
      <ul className="flex flex-col">
        {[...(members?.nodes ?? [])].sort(failuresFirst).slice(0, 200).map((member) => (
          <li key={member.id} className="flex items-center justify-between gap-2 py-0.5">
            <NodeLink node={member} />
            <StateBadge state_type={member.state_type ?? "PENDING"} state_name={member.state_name} />
          </li>
        ))}
      </ul>
    </>
  );
}

const failuresFirst = (left: GraphNode, right: GraphNode): number => Number(["FAILED", "CRASHED"].includes(right.state_type ?? "")) - Number(["FAILED", "CRASHED"].includes(left.state_type ?? ""));
