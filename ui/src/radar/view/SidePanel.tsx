import { Link } from "@tanstack/react-router";
import type { GraphNode } from "../../api/types";
import { Button } from "../../components/controls";
import { Close } from "../../components/icons";
import { StateBadge } from "../../components/state";
import { duration, plural } from "../../time/format";
import { GroupPanel } from "./GroupPanel";
import type { CardActions } from "./NodeCard";
import { reachable, type Scene, stateOf } from "./scene";

interface Props {
  scene: Scene;
  chosen: number[];
  /** What is shown of the chosen: the path between two, if that was asked for. */
  path: readonly number[] | null;
  opened: ReadonlySet<string>;
  runTry: number | undefined;
  actions: CardActions;
  onChoose: (node: number) => void;
  onClose: () => void;
}

/** What is chosen, in words, with the ways on from it. */
export function SidePanel({ scene, chosen, path, onChoose, onClose, ...rest }: Props) {
  const node = scene.nodes[chosen[0]!]!;
  const listed = path?.length ? path : chosen;
  const wide = chosen.length === 1 && node.members !== null;
  const title = chosen.length === 1 ? node.name : path ? (path.length ? `Path of ${path.length}` : "No path between them") : `${chosen.length} chosen`;
  return (
    <aside aria-label="Chosen" className={`absolute top-3 left-3 z-20 flex max-h-[calc(100%-24px)] max-w-[calc(100%-24px)] flex-col gap-3 overflow-y-auto rounded-xl border border-line bg-[var(--raised)] p-4 shadow-[var(--shadow)] ${wide ? "w-[634px]" : "w-80"}`}>
      <div className="flex items-start justify-between gap-2">
        <h2 className="min-w-0 break-words">{title}</h2>
        <Button kind="quiet" square aria-label="Choose nothing" onClick={onClose}>
          <Close />
        </Button>
      </div>
      {chosen.length === 1 ? (
        <One scene={scene} at={chosen[0]!} {...rest} />
      ) : (
        <ul className="flex flex-col gap-1.5">
          {listed.map((each) => (
            <li key={each} className="flex items-center justify-between gap-2">
              <button type="button" className="link min-w-0 truncate text-left" onClick={() => onChoose(each)}>
                {scene.nodes[each]!.name}
              </button>
              <StateBadge state_type={stateOf(scene.nodes[each]!) ?? "PENDING"} state_name={scene.nodes[each]!.state_name} />
            </li>
          ))}
        </ul>
      )}
    </aside>
  );
}

function One({ scene, at, opened, runTry, actions }: Pick<Props, "scene" | "opened" | "runTry" | "actions"> & { at: number }) {
  const node = scene.nodes[at]!;
  const [before, after] = [reachable(at, scene.upstream).size, reachable(at, scene.downstream).size];
  const folded = scene.shown.folded[at]!;
  const subflow = node.subflow;
  return (
    <>
      <div className="flex items-center gap-2">
        <StateBadge state_type={stateOf(node) ?? "PENDING"} state_name={node.members === null ? node.state_name : null} />
        {node.start !== null && node.end !== null && <span className="numeric text-muted">{duration((node.end - node.start) / 1000)}</span>}
        {(node.run_count ?? 1) > 1 && <span className="text-muted">try {node.run_count}</span>}
      </div>
      <p className="text-muted">
        Depends on {plural(before, "node")}; {plural(after, "node")} {after === 1 ? "depends" : "depend"} on it.
      </p>
      {node.members !== null ? <GroupPanel key={node.id} flowRunId={scene.graph.flow_run_id} runTry={runTry} node={node} /> : <NodeLink node={node} words="Open its page" />}
      {subflow && (
        <div className="flex gap-2">
          <Button onClick={() => actions.enter(at)}>Its own radar ({plural(Object.values(subflow.task_run_counts).reduce((sum, each) => sum + each, 0), "task run")})</Button>
          <Button onClick={() => actions.unfoldSubflow(at)}>{opened.has(subflow.flow_run_id) ? "Close" : "Open here"}</Button>
        </div>
      )}
      {(folded > 0 || scene.behind[at]! > 0) && (
        <Button className="self-start" onClick={() => actions.fold(at)}>
          {folded ? `Show what follows (${folded})` : `Hide what follows (${scene.behind[at]})`}
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
