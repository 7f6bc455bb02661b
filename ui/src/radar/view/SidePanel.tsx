import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import * as queries from "../../api/queries";
import type { GraphNode } from "../../api/types";
import { classes } from "../../components/classes";
import { Button } from "../../components/controls";
import { Close } from "../../components/icons";
import { StateBadge } from "../../components/state";
import { duration, plural } from "../../time/format";
import type { Choice, Entry } from "../model/selection";
import { GroupPanel } from "./GroupPanel";
import { MemberFacts } from "./MemberFacts";
import type { CardActions } from "./NodeCard";
import { reachable, type Scene, stateOf } from "./scene";

interface Props {
  scene: Scene;
  choices: readonly Choice[];
  /** The path between two selected nodes, if requested. */
  path: readonly number[] | null;
  /** Never wider than that of a single task run. */
  isNarrow: boolean;
  opened: ReadonlySet<string>;
  runTry: number | undefined;
  actions: CardActions;
  onChoose: (entries: readonly Entry[]) => void;
  /** Choose it, and bring it into view. */
  onGoTo: (entry: Entry, node: number) => void;
}

/** The selection in words, with links and actions. */
export function SidePanel({ scene, choices, path, isNarrow, onGoTo, ...rest }: Props) {
  const only = choices.length === 1 ? choices[0]! : null;
  const isWide = !isNarrow && only !== null && scene.nodes[only.node]!.members !== null;
  const listed = path?.length
    ? path.map((node): Choice => ({ entry: [scene.nodes[node]!.id], node, member: null }))
    : choices;
  const title = only
    ? scene.nodes[only.node]!.name
    : path
      ? path.length
        ? `Path of ${path.length}`
        : "No path found"
      : `${choices.length} selected`;
  return (
    <aside
      aria-label="Selection"
      className={classes(
        "absolute top-3 left-3 z-20 flex max-h-[calc(100%-24px)] max-w-[calc(100%-24px)] flex-col gap-3",
        "overflow-y-auto rounded-xl border border-line bg-[var(--raised)] p-4 shadow-[var(--shadow)]",
        isWide ? "w-[634px]" : "w-[320px]",
      )}
    >
      <div className="flex items-start justify-between gap-2">
        <h2 className="min-w-0 break-words">{title}</h2>
        <Button kind="quiet" square aria-label="Clear selection" onClick={() => rest.onChoose([])}>
          <Close />
        </Button>
      </div>
      {only ? (
        <One scene={scene} choice={only} isWide={isWide} {...rest} />
      ) : (
        <ul className="flex flex-col gap-1.5">
          {listed.map((choice) => (
            <Listed key={choice.entry.join("~")} node={scene.nodes[choice.node]!} choice={choice} onGoTo={onGoTo} />
          ))}
        </ul>
      )}
    </aside>
  );
}

function Listed({
  node,
  choice: { entry, node: at, member },
  onGoTo,
}: { node: GraphNode; choice: Choice } & Pick<Props, "onGoTo">) {
  const run = useQuery({ ...queries.taskRun(member ?? ""), enabled: member !== null }).data;
  return (
    <li className="flex items-center justify-between gap-2">
      <button type="button" className="link min-w-0 truncate text-left" onClick={() => onGoTo(entry, at)}>
        {node.name}
        {member && ` · ${run?.name ?? "…"}`}
      </button>
      {run ? <StateBadge {...run} /> : <NodeState node={node} />}
    </li>
  );
}

function One({
  scene,
  choice: { entry, node: at, member },
  isWide,
  opened,
  runTry,
  actions,
  onChoose,
}: Pick<Props, "scene" | "opened" | "runTry" | "actions" | "onChoose"> & { choice: Choice; isWide: boolean }) {
  const node = scene.nodes[at]!;
  const [before, after] = [reachable(at, scene.upstream).size, reachable(at, scene.downstream).size];
  const folded = scene.visible.folded[at]!;
  const flowRunId = scene.visible.flowRunOf[at]!;
  const subflow = node.subflow;
  const way = entry.slice(0, entry.indexOf(node.id) + 1);
  return (
    <>
      <div className="flex items-center gap-2">
        <NodeState node={node} />
        {node.start !== null && node.end !== null && (
          <span className="numeric text-muted">{duration((node.end - node.start) / 1000)}</span>
        )}
        {(node.run_count ?? 1) > 1 && <span className="text-muted">try {node.run_count}</span>}
      </div>
      <p className="text-muted">
        Depends on {plural(before, "node")}; {plural(after, "node")} {after === 1 ? "depends" : "depend"} on it.
      </p>
      {node.members === null && <NodeLink node={node} words="Open page" />}
      {member && (
        <MemberFacts
          id={member}
          leaves={subflow ? "Select the subflow" : "Select the whole group"}
          onLeave={() => onChoose([way])}
        />
      )}
      {node.members !== null && (
        <GroupPanel
          key={node.id}
          flowRunId={flowRunId}
          runTry={flowRunId === scene.graph.flow_run_id ? runTry : undefined}
          node={node}
          isWide={isWide}
          member={member}
          onChoose={(id) => onChoose([id === null ? way : [...way, id]])}
        />
      )}
      {subflow && (
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => actions.enter(at)}>
            Open radar (
            {plural(
              Object.values(subflow.task_run_counts).reduce((sum, each) => sum + each, 0),
              "task run",
            )}
            )
          </Button>
          <Button onClick={() => actions.unfoldSubflow(at)}>
            {opened.has(subflow.flow_run_id) ? "Close" : "Open here"}
          </Button>
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

function NodeState({ node }: { node: GraphNode }) {
  return (
    <StateBadge state_type={stateOf(node) ?? "PENDING"} state_name={node.members === null ? node.state_name : null} />
  );
}

function NodeLink({ node, words }: { node: GraphNode; words: string }) {
  return node.subflow ? (
    <Link to="/runs/flow-run/$id" params={{ id: node.subflow.flow_run_id }} className="link truncate">
      {words}
    </Link>
  ) : (
    <Link to="/runs/task-run/$id" params={{ id: node.id }} className="link truncate">
      {words}
    </Link>
  );
}
