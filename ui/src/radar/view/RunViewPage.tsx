import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import * as queries from "../../api/queries";
import type { FlowRun, Graph } from "../../api/types";
import { Button } from "../../components/controls";
import { CopyButton } from "../../components/facts";
import { EmptyState, Loading, Read } from "../../components/feedback";
import { StateBadge } from "../../components/state";
import { useRootRun } from "../../live/live";
import { isTyping } from "../../shell/shortcuts";
import { TimelineView } from "../../timeline/TimelineView";
import { plural } from "../../time/format";
import { AccessibleTree } from "./AccessibleTree";
import { coloursNow } from "./colours";
import type { Emphasis } from "./draw";
import { FindNode } from "./FindNode";
import { criticalPath, isFailure, layeredPlaces, pathBetween, radarPlaces, reachable, type Scene } from "./scene";
import { SidePanel } from "./SidePanel";
import { Stage, type StageControl } from "./Stage";
import { useScene } from "./useScene";

const VIEWS = [
  ["radar", "Radar"],
  ["layered", "Layered"],
  ["timeline", "Timeline"],
] as const;

type View = (typeof VIEWS)[number][0];

/** Radar, Layered and Timeline: three views of one run, with one selection. */
export function RunViewPage() {
  const { id } = useParams({ from: "/shell/runs/flow-run/$id/radar" });
  const search = useSearch({ from: "/shell/runs/flow-run/$id/radar" });
  const run = useQuery(queries.flowRun(id));
  const graph = useQuery(queries.graph(id, search.try === undefined ? undefined : Number(search.try)));
  useRootRun(run.data?.root_flow_run_id);
  const view = (search.view ?? "radar") as View;
  return (
    <div className="flex h-[calc(100vh-40px)] flex-col gap-3">
      <Read query={run}>{(found) => <Header run={found} view={view} graph={graph.data} />}</Read>
      <Read query={graph}>{(found) => (found.nodes.length ? <Views graph={found} view={view} /> : <EmptyState title="This run has no task run yet">Calls of tasks in the flow's body are drawn here as they are made.</EmptyState>)}</Read>
    </div>
  );
}

function Header({ run, view, graph }: { run: FlowRun; view: View; graph: Graph | undefined }) {
  const navigate = useNavigate({ from: "/runs/flow-run/$id/radar" });
  const parent = useQuery({ ...queries.flowRun(run.parent_flow_run_id ?? ""), enabled: run.parent_flow_run_id !== null }).data;
  return (
    <header className="flex flex-wrap items-center gap-3">
      <nav aria-label="Breadcrumb" className="flex min-w-0 items-center gap-2 text-lg">
        {parent && (
          <>
            <Link to="/runs/flow-run/$id/radar" params={{ id: parent.id }} search={{ view }} className="truncate text-muted hover:underline">
              {parent.name}
            </Link>
            <span className="text-muted">/</span>
          </>
        )}
        <span className="text-muted">{run.flow_name} /</span>
        <Link to="/runs/flow-run/$id" params={{ id: run.id }} className="truncate font-semibold hover:underline">
          {run.name}
        </Link>
        <h1 className="sr-only">{VIEWS.find(([name]) => name === view)![1]} of {run.name}</h1>
      </nav>
      <StateBadge {...run} />
      <div role="group" aria-label="View" className="flex overflow-hidden rounded-[7px] border border-[var(--line-strong)]">
        {VIEWS.map(([name, label]) => (
          <button key={name} type="button" aria-pressed={view === name} onClick={() => void navigate({ search: (before) => ({ ...before, view: name }), replace: true })} className={`h-[28px] px-3 font-medium ${view === name ? "bg-accent text-on-accent" : "bg-surface hover:bg-[var(--hover)]"}`}>
            {label}
          </button>
        ))}
      </div>
      {graph && graph.tries > 1 && (
        <select aria-label="Try" className="field" value={graph.run_try} onChange={(event) => void navigate({ search: (before) => ({ ...before, try: event.target.value }), replace: true })}>
          {Array.from({ length: graph.tries }, (_, at) => (
            <option key={at} value={at + 1}>
              Try {at + 1}
            </option>
          ))}
        </select>
      )}
      <span className="ml-auto text-muted">
        {run.flow_version && (
          <>
            Flow version <code>{run.flow_version}</code>
          </>
        )}
      </span>
      <CopyButton text={run.id} label="Copy run ID" />
    </header>
  );
}

function Views({ graph, view }: { graph: Graph; view: View }) {
  const [tidy, setTidy] = useState(0);
  const scene = useScene(graph, tidy);
  if (!scene) return <Loading height={400} />;
  return <Shown scene={scene} view={view} onTidy={() => setTidy(tidy + 1)} />;
}

function Shown({ scene, view, onTidy }: { scene: Scene; view: View; onTidy: () => void }) {
  const navigate = useNavigate({ from: "/runs/flow-run/$id/radar" });
  const search = useSearch({ from: "/shell/runs/flow-run/$id/radar" });
  const [hovered, setHovered] = useState<number | null>(null);
  const [marked, setMarked] = useState<number[]>([]);
  const [finding, setFinding] = useState(false);
  const stage = useRef<StageControl>(null);
  const radial = view === "radar";
  const places = useMemo(() => (radial ? radarPlaces(scene) : layeredPlaces(scene)), [scene, radial]);
  const chosen = useMemo(() => (search.node ?? "").split(",").map((id) => scene.nodes.findIndex((node) => node.id === id)).filter((at) => at >= 0), [search.node, scene]);
  const choose = useCallback(
    (nodes: number[]) => void navigate({ search: (before) => ({ ...before, node: nodes.map((node) => scene.nodes[node]!.id).join(",") || undefined }), replace: true }),
    [navigate, scene],
  );
  const emphasis = useMemo((): Emphasis | null => {
    if (marked.length) return { self: new Set(marked), upstream: new Set(marked), downstream: new Set() };
    const centre = hovered ?? (chosen.length === 1 ? chosen[0]! : null);
    if (centre === null) return null;
    return { self: new Set([centre]), upstream: reachable(centre, scene.upstream), downstream: reachable(centre, scene.downstream) };
  }, [hovered, chosen, marked, scene]);
  const goTo = useCallback(
    (node: number) => {
      setMarked([]);
      choose([node]);
      stage.current?.centre(node);
    },
    [choose],
  );
  const nextFailure = useCallback(() => {
    const failures = [...scene.nodes.keys()].filter((node) => isFailure(scene.nodes[node]!));
    const next = failures.find((node) => node > (chosen[0] ?? -1)) ?? failures[0];
    if (next !== undefined) goTo(next);
  }, [scene, chosen, goTo]);
  const showCritical = useCallback(() => setMarked((before) => (before.length ? [] : criticalPath(scene, Date.now() - Date.parse(scene.graph.origin)))), [scene]);

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "c") showCritical();
      else if (event.key === "f") nextFailure();
      else if (event.key === "+" || event.key === "=") stage.current?.zoomBy(1.3);
      else if (event.key === "-") stage.current?.zoomBy(1 / 1.3);
      else if (event.key === "0") stage.current?.fit();
      else if (event.key === "/") setFinding(true);
      else if (event.key === "Escape") {
        setMarked([]);
        choose([]);
        setFinding(false);
      } else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [showCritical, nextFailure, choose]);

  const onChoose = (node: number | null, { shiftKey, ctrlKey, metaKey }: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) => {
    setMarked([]);
    if (node === null) choose([]);
    else if (shiftKey && chosen.length) {
      const path = pathBetween(scene, chosen[0]!, node);
      setMarked(path);
      choose([chosen[0]!, node]);
    } else if (ctrlKey || metaKey) choose(chosen.includes(node) ? chosen.filter((each) => each !== node) : [...chosen, node]);
    else choose([node]);
  };
  const open = (node: number) => {
    const subflow = scene.nodes[node]!.subflow;
    if (subflow) void navigate({ to: "/runs/flow-run/$id/radar", params: { id: subflow.flow_run_id }, search: { view } });
  };
  const failures = scene.nodes.filter(isFailure).length;
  return (
    <>
      <div className="flex items-center gap-2">
        <span className="text-muted">{plural(scene.graph.task_runs, "task run")}</span>
        <Button aria-pressed={marked.length > 0} onClick={showCritical}>
          Critical path
        </Button>
        <Button disabled={!failures} onClick={nextFailure}>
          Next failure{failures ? ` (${failures})` : ""}
        </Button>
        <Button onClick={() => setFinding(true)}>Find</Button>
        {view !== "timeline" && (
          <>
            <Button onClick={onTidy}>Tidy</Button>
            <Button onClick={() => save(stage.current?.canvas() ?? null, scene.graph.flow_run_id)}>Save as PNG</Button>
          </>
        )}
        {finding && <FindNode scene={scene} onFound={goTo} onClose={() => setFinding(false)} />}
      </div>
      {view === "timeline" ? (
        <TimelineView flowRunId={scene.graph.flow_run_id} chosen={new Set(chosen.map((node) => scene.nodes[node]!.id))} ended={scene.nodes.every((node) => node.end !== null)} onChoose={(id) => void navigate({ search: (before) => ({ ...before, node: id ?? undefined }), replace: true })} />
      ) : (
        <Stage scene={scene} places={places} radial={radial} emphasis={emphasis} chosen={new Set(chosen)} onHover={setHovered} onChoose={onChoose} onOpen={open} control={stage}>
          {chosen.length > 0 && <SidePanel scene={scene} chosen={chosen} onOpen={open} onClose={() => choose([])} />}
        </Stage>
      )}
      <AccessibleTree scene={scene} chosen={chosen[0] ?? null} onChoose={goTo} onOpen={open} />
    </>
  );
}

/** The canvas on the page's own background, as a file. */
function save(canvas: HTMLCanvasElement | null, name: string): void {
  if (!canvas) return;
  const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
  const context = copy.getContext("2d")!;
  context.fillStyle = coloursNow().surface;
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  copy.toBlob((blob) => {
    if (!blob) return;
    const address = URL.createObjectURL(blob);
    Object.assign(document.createElement("a"), { href: address, download: `radar-${name}.png` }).click();
    URL.revokeObjectURL(address);
  });
}
