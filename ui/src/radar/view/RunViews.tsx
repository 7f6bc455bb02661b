import { serverClock } from "../../time/clock";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../components/controls";
import { Loading } from "../../components/feedback";
import { isTyping } from "../../shell/shortcuts";
import { type TimelineControl, TimelineView } from "../../timeline/TimelineView";
import { plural } from "../../time/format";
import type { Shown } from "../model/shown";
import { AccessibleTree } from "./AccessibleTree";
import { type Emphasis, emphasisAlong, emphasisOn, emphasisOnly } from "./emphasis";
import { FindNode } from "./FindNode";
import type { CardActions } from "./NodeCard";
import { layeredPlaces, radarPlaces } from "./places";
import type { View } from "./RunHeader";
import { criticalPath, isFailure, pathBetween, type Scene } from "./scene";
import { SidePanel } from "./SidePanel";
import { Stage, type StageControl } from "./Stage";
import { useScene } from "./useScene";

interface Props {
  shown: Shown;
  view: View;
  seed: Float64Array | null;
  /** Flow run ids of subflows shown in place, and ids of folded nodes. */
  opened: readonly string[];
  folds: ReadonlySet<string>;
  runTry: number | undefined;
}

/** The views of one run, with one selection, one place and one set of keys. */
export function RunViews({ shown, seed, ...rest }: Props) {
  const [tidy, setTidy] = useState(0);
  const scene = useScene(shown, { tidy, seed });
  return scene ? <Views scene={scene} onTidy={() => setTidy(tidy + 1)} {...rest} /> : <Loading height={400} />;
}

interface Modifiers {
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

function Views({ scene, view, opened, folds, runTry, onTidy }: Omit<Props, "shown" | "seed"> & { scene: Scene; onTidy: () => void }) {
  const navigate = useNavigate({ from: "/runs/flow-run/$id/radar" });
  const search = useSearch({ from: "/shell/runs/flow-run/$id/radar" });
  const say = useCallback((changes: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...changes }), replace: true }), [navigate]);
  const [critical, setCritical] = useState(false);
  const [asPath, setAsPath] = useState(false);
  const [finding, setFinding] = useState(false);
  const stage = useRef<StageControl>(null);
  const timeline = useRef<TimelineControl>(null);
  const radial = view === "radar";
  const { structure } = scene;
  const places = useMemo(() => (radial ? radarPlaces(structure) : layeredPlaces(structure)), [structure, radial]);
  const chosen = useMemo(() => (search.node ?? "").split(",").map((id) => scene.nodes.findIndex((node) => node.id === id)).filter((at) => at >= 0), [search.node, scene]);
  const choose = useCallback((nodes: readonly number[]) => say({ node: nodes.map((node) => scene.nodes[node]!.id).join(",") || undefined }), [say, scene]);
  const path = useMemo(() => (asPath && chosen.length === 2 ? pathBetween(scene, chosen[0]!, chosen[1]!) : null), [asPath, chosen, scene]);
  const only = chosen.length === 1 ? chosen[0]! : null;
  const around = useMemo(() => (only === null ? null : emphasisOn(structure, only)), [structure, only]);
  const emphasis = useMemo((): Emphasis | null => {
    if (critical) return emphasisAlong(criticalPath(scene, serverClock.now() - Date.parse(scene.graph.origin)));
    if (path) return emphasisAlong(path.length ? path : chosen);
    return around ?? (chosen.length ? emphasisOnly(chosen) : null);
  }, [critical, path, around, chosen, scene]);
  const goTo = useCallback(
    (node: number) => {
      setCritical(false);
      setAsPath(false);
      choose([node]);
      stage.current?.centre(node);
      timeline.current?.centre(scene.nodes[node]!.id);
    },
    [choose, scene],
  );
  const nextFailure = useCallback(() => {
    if (timeline.current) {
      const id = timeline.current.failureAfter(new Set((search.node ?? "").split(",")));
      if (id === null) return;
      say({ node: id });
      timeline.current.centre(id);
      return;
    }
    const failures = [...scene.nodes.keys()].filter((node) => isFailure(scene.nodes[node]!));
    const next = failures.find((node) => node > (chosen[0] ?? -1)) ?? failures[0];
    if (next !== undefined) goTo(next);
  }, [scene, chosen, goTo, say, search.node]);
  const actions = useMemo(
    (): CardActions => ({
      enter: (node) => {
        const subflow = scene.nodes[node]!.subflow;
        if (subflow) void navigate({ to: "/runs/flow-run/$id/radar", params: { id: subflow.flow_run_id }, search: { view } });
      },
      unfoldSubflow: (node) => {
        const id = scene.nodes[node]!.subflow?.flow_run_id;
        if (id) say({ open: toggled(opened, id) });
      },
      fold: (node) => say({ fold: toggled([...folds], scene.nodes[node]!.id) }),
    }),
    [scene, opened, folds, navigate, say, view],
  );
  const onLook = useCallback((at: string | undefined) => at !== search.at && say({ at }), [say, search.at]);
  const onLookAtTime = useCallback((time: string | undefined) => time !== search.time && say({ time }), [say, search.time]);
  const [firstView] = useState(view);

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("[role=dialog]")) return;
      const zoom = (factor: number) => (stage.current ?? timeline.current)?.zoomBy(factor);
      const pan = (x: number, y: number) => (stage.current ?? timeline.current)?.panBy(x * PAN_PIXELS, y * PAN_PIXELS);
      const one = chosen.length === 1 ? chosen[0]! : null;
      const does: Record<string, (() => unknown) | undefined> = {
        c: () => setCritical((before) => !before),
        f: nextFailure,
        "+": () => zoom(1.3),
        "=": () => zoom(1.3),
        "-": () => zoom(1 / 1.3),
        "0": () => (stage.current ?? timeline.current)?.fit(),
        "/": () => setFinding(true),
        ...(!(event.target as HTMLElement).closest("[role=tree], [role=table], [role=group]") && { ArrowLeft: () => pan(-1, 0), ArrowRight: () => pan(1, 0), ArrowUp: () => pan(0, -1), ArrowDown: () => pan(0, 1) }),
        ...(one !== null && { o: () => actions.unfoldSubflow(one), x: () => (scene.behind[one] || scene.shown.folded[one]) && actions.fold(one) }),
        Escape: () => {
          setCritical(false);
          setAsPath(false);
          choose([]);
          setFinding(false);
        },
      };
      const act = does[event.key];
      if (!act) return;
      act();
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [nextFailure, choose, chosen, actions, scene]);

  const onChoose = (node: number | null, { shiftKey, ctrlKey, metaKey }: Modifiers) => {
    setCritical(false);
    setAsPath(shiftKey && node !== null && chosen.length > 0);
    if (node === null) choose([]);
    else if (shiftKey && chosen.length) choose([chosen[0]!, node]);
    else if (ctrlKey || metaKey) choose(chosen.includes(node) ? chosen.filter((each) => each !== node) : [...chosen, node]);
    else choose([node]);
  };
  const onChooseSpan = (id: string | null, { ctrlKey, metaKey }: Modifiers) => {
    setCritical(false);
    setAsPath(false);
    const before = ctrlKey || metaKey ? (search.node ?? "").split(",").filter(Boolean) : [];
    say({ node: id === null ? undefined : toggled(before, id) });
  };
  const subflows = useMemo(() => nested(scene, opened), [scene, opened]);
  const failures = scene.nodes.filter(isFailure).length;
  const cycles = scene.layout.closesCycle.reduce((sum, closes) => sum + closes, 0);
  const openedSet = useMemo(() => new Set(opened), [opened]);
  const chosenSet = useMemo(() => new Set(chosen), [chosen]);
  const criticalIds = useMemo(() => (critical && emphasis ? [...emphasis.self].map((node) => scene.nodes[node]!.id) : null), [critical, emphasis, scene]);
  const chosenIds = useMemo(() => new Set(criticalIds ?? (search.node ?? "").split(",").filter(Boolean)), [criticalIds, search.node]);
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <span className="mr-1 text-muted">{plural(scene.graph.task_runs, "task run")}</span>
        <Button aria-pressed={critical} title="Critical path (c)" onClick={() => setCritical(!critical)}>
          Critical path
        </Button>
        <Button disabled={!failures} title="Next failure (f)" onClick={nextFailure}>
          Next failure{failures ? ` (${failures})` : ""}
        </Button>
        <Button title="Find (/)" onClick={() => setFinding(true)}>
          Find
        </Button>
        {view !== "timeline" && (
          <>
            <Button title="Lay everything out anew" onClick={onTidy}>
              Tidy
            </Button>
            <Button onClick={() => download(stage.current?.picture() ?? null, `${view}-${scene.graph.flow_run_id}.png`)}>Save as PNG</Button>
          </>
        )}
        {cycles > 0 && <span className="text-[var(--failed-ink)]">{plural(cycles, "edge")} (dashed) {cycles === 1 ? "closes" : "close"} a cycle: this run's data is damaged</span>}
        {finding && <FindNode scene={scene} onFound={goTo} onClose={() => setFinding(false)} />}
      </div>
      {view === "timeline" ? (
        <TimelineView flowRunId={scene.graph.flow_run_id} subflows={subflows} chosen={chosenIds} ended={scene.nodes.every((node) => node.end !== null)} onChoose={onChooseSpan} time={search.time} onLook={onLookAtTime} control={timeline} />
      ) : (
        <Stage
          key={view}
          scene={scene}
          places={places}
          radial={radial}
          emphasis={emphasis}
          tracing={!critical && !path}
          chosen={chosenSet}
          at={search.at}
          fromElsewhere={view !== firstView}
          onLook={onLook}
          onChoose={onChoose}
          opened={openedSet}
          actions={actions}
          control={stage}
        >
          {chosen.length > 0 && <SidePanel scene={scene} chosen={chosen} path={path} opened={openedSet} runTry={runTry} actions={actions} onChoose={goTo} onClose={() => choose([])} />}
        </Stage>
      )}
      <AccessibleTree scene={scene} chosen={chosen[0] ?? null} onChoose={goTo} onChooseMore={onChoose} onOpen={actions.enter} />
    </>
  );
}

const PAN_PIXELS = 80;
const MOST_NESTED = 12;

/** The subflows whose task runs the timeline shows below them: all where they are few, else those that are opened. */
function nested(scene: Scene, opened: readonly string[]): { node: string; flowRunId: string }[] {
  const all = scene.nodes.flatMap(({ id, subflow }) => (subflow ? [{ node: id, flowRunId: subflow.flow_run_id }] : []));
  return all.length <= MOST_NESTED ? all : all.filter(({ flowRunId }) => opened.includes(flowRunId));
}

function toggled(all: readonly string[], one: string): string | undefined {
  return (all.includes(one) ? all.filter((each) => each !== one) : [...all, one]).join(",") || undefined;
}

function download(image: HTMLCanvasElement | null, name: string): void {
  image?.toBlob((blob) => {
    if (!blob) return;
    const address = URL.createObjectURL(blob);
    Object.assign(document.createElement("a"), { href: address, download: name }).click();
    URL.revokeObjectURL(address);
  });
}
