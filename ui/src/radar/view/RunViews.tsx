import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";
import { Loading } from "../../components/feedback";
import type { TimelineControl } from "../../timeline/TimelineStage";
import { TimelineView } from "../../timeline/TimelineView";
import { type Entry, toggleEntry } from "../model/selection";
import type { VisibleGraph } from "../model/visibleGraph";
import { AccessibleTree } from "./AccessibleTree";
import { downloadPng } from "./exportPng";
import { FindNode } from "./FindNode";
import type { CardActions } from "./NodeCard";
import { layeredPositions, radarPositions } from "./positions";
import type { View } from "./RunHeader";
import { isFailure, type Scene } from "./scene";
import { SidePanel } from "./SidePanel";
import { Stage } from "./Stage";
import { Toolbar } from "./Toolbar";
import { useKeys } from "./useKeys";
import { useScene } from "./useScene";
import type { StageControl } from "./useStageControl";
import { useSelection } from "./useSelection";
import { useTrace } from "./useTrace";

interface Props {
  shown: VisibleGraph;
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

function Views({
  scene,
  view,
  opened,
  folds,
  runTry,
  onTidy,
}: Omit<Props, "shown" | "seed"> & { scene: Scene; onTidy: () => void }) {
  const navigate = useNavigate({ from: "/runs/flow-run/$id/radar" });
  const search = useSearch({ from: "/shell/runs/flow-run/$id/radar" });
  const say = useCallback(
    (changes: Partial<typeof search>) =>
      void navigate({ search: (before) => ({ ...before, ...changes }), replace: true }),
    [navigate],
  );
  const { entries, choices, nodes: chosen, choose } = useSelection(scene, runTry);
  const { way, setWay, along, emphasis } = useTrace(scene, chosen);
  const [finding, setFinding] = useState(false);
  const stage = useRef<StageControl>(null);
  const timeline = useRef<TimelineControl>(null);
  const radial = view === "radar";
  const { laidOut } = scene;
  const positions = useMemo(() => (radial ? radarPositions(laidOut) : layeredPositions(laidOut)), [laidOut, radial]);
  const goTo = (entry: Entry, node?: number) => {
    setWay(null);
    choose([entry]);
    timeline.current?.centre(entry);
    if (node !== undefined) stage.current?.centre(node);
  };
  const goToNode = (node: number) => goTo([scene.nodes[node]!.id], node);
  const nextFailure = () => {
    if (timeline.current) {
      const entry = timeline.current.failureAfter(entries);
      if (entry) goTo(entry);
      return;
    }
    const failures = [...scene.nodes.keys()].filter((node) => isFailure(scene.nodes[node]!));
    const next = failures.find((node) => node > (chosen[0] ?? -1)) ?? failures[0];
    if (next !== undefined) goToNode(next);
  };
  const onChoose = (entry: Entry | null, { shiftKey, ctrlKey, metaKey }: Modifiers) => {
    const toPath = shiftKey && entry !== null && entries.length > 0;
    setWay(toPath ? "path" : null);
    if (entry === null) choose([]);
    else if (toPath) choose([entries[0]!, entry]);
    else choose(ctrlKey || metaKey ? toggleEntry(entries, entry) : [entry]);
  };
  const onChooseNode = (node: number | null, keys: Modifiers) => {
    const takesAway = (keys.ctrlKey || keys.metaKey) && !keys.shiftKey && node !== null && chosen.includes(node);
    if (!takesAway) return onChoose(node === null ? null : [scene.nodes[node]!.id], keys);
    setWay(null);
    choose(choices.filter((choice) => choice.node !== node).map(({ entry }) => entry));
  };
  const actions = useMemo(
    (): CardActions => ({
      enter: (node) => {
        const subflow = scene.nodes[node]!.subflow;
        if (subflow)
          void navigate({ to: "/runs/flow-run/$id/radar", params: { id: subflow.flow_run_id }, search: { view } });
      },
      unfoldSubflow: (node) => {
        const id = scene.nodes[node]!.subflow?.flow_run_id;
        if (id) say({ open: withOrWithout(opened, id) });
      },
      fold: (node) => say({ fold: withOrWithout([...folds], scene.nodes[node]!.id) }),
    }),
    [scene, opened, folds, navigate, say, view],
  );
  const onLook = useCallback((at: string | undefined) => at !== search.at && say({ at }), [say, search.at]);
  const onLookAtTime = useCallback(
    (time: string | undefined) => time !== search.time && say({ time }),
    [say, search.time],
  );
  const [firstView] = useState(view);

  const surface = () => stage.current ?? timeline.current;
  const pan = (x: number, y: number) => surface()?.panBy(x * PAN_PIXELS, y * PAN_PIXELS);
  const one = chosen.length === 1 ? chosen[0]! : null;
  const onCritical = () => setWay(way === "critical" ? null : "critical");
  useKeys({
    c: onCritical,
    f: nextFailure,
    "+": () => surface()?.zoomBy(ZOOM),
    "=": () => surface()?.zoomBy(ZOOM),
    "-": () => surface()?.zoomBy(1 / ZOOM),
    "0": () => surface()?.fit(),
    "/": () => setFinding(true),
    ArrowLeft: () => pan(-1, 0),
    ArrowRight: () => pan(1, 0),
    ArrowUp: () => pan(0, -1),
    ArrowDown: () => pan(0, 1),
    ...(one !== null && {
      o: () => actions.unfoldSubflow(one),
      x: () => (scene.behind[one] || scene.visible.folded[one]) && actions.fold(one),
    }),
    Escape: () => {
      setWay(null);
      choose([]);
      setFinding(false);
    },
  });

  const subflows = useMemo(() => nested(scene, opened), [scene, opened]);
  const openedSet = useMemo(() => new Set(opened), [opened]);
  const chosenSet = useMemo(() => new Set(chosen), [chosen]);
  const marked = useMemo(
    () => (along?.length ? along.map((node) => [scene.nodes[node]!.id]) : entries),
    [along, entries, scene],
  );
  const path = way === "path" ? along : null;
  const panel = choices.length > 0 && (
    <SidePanel
      scene={scene}
      choices={choices}
      path={path}
      isNarrow={view === "timeline"}
      opened={openedSet}
      runTry={runTry}
      actions={actions}
      onChoose={choose}
      onGoTo={goTo}
    />
  );
  return (
    <>
      <Toolbar
        scene={scene}
        critical={way === "critical"}
        onCritical={onCritical}
        onNextFailure={nextFailure}
        onFind={() => setFinding(true)}
        picture={
          view === "timeline"
            ? null
            : {
                onTidy,
                onSave: () => downloadPng(stage.current?.snapshot() ?? null, `${view}-${scene.graph.flow_run_id}.png`),
              }
        }
      >
        {finding && <FindNode scene={scene} onFound={goToNode} onClose={() => setFinding(false)} />}
      </Toolbar>
      {view === "timeline" ? (
        <TimelineView
          flowRunId={scene.graph.flow_run_id}
          runTry={runTry}
          subflows={subflows}
          chosen={marked}
          ended={scene.nodes.every((node) => node.end !== null)}
          onChoose={onChoose}
          time={search.time}
          onLook={onLookAtTime}
          control={timeline}
        >
          {panel}
        </TimelineView>
      ) : (
        <Stage
          key={view}
          scene={scene}
          positions={positions}
          radial={radial}
          emphasis={emphasis}
          tracing={along === null}
          chosen={chosenSet}
          at={search.at}
          fromElsewhere={view !== firstView}
          onLook={onLook}
          onChoose={onChooseNode}
          opened={openedSet}
          actions={actions}
          control={stage}
        >
          {panel}
        </Stage>
      )}
      <AccessibleTree
        scene={scene}
        chosen={chosen}
        onChoose={goToNode}
        onChooseMore={onChooseNode}
        onOpen={actions.enter}
      />
    </>
  );
}

const PAN_PIXELS = 80;
const ZOOM = 1.3;
const MOST_NESTED = 12;

/** The subflows whose task runs the timeline shows below them: all where they are few, else those that are opened. */
function nested(scene: Scene, opened: readonly string[]): { node: string; flowRunId: string }[] {
  const all = scene.nodes.flatMap(({ id, subflow }) => (subflow ? [{ node: id, flowRunId: subflow.flow_run_id }] : []));
  return all.length <= MOST_NESTED ? all : all.filter(({ flowRunId }) => opened.includes(flowRunId));
}

function withOrWithout(all: readonly string[], one: string): string | undefined {
  return (all.includes(one) ? all.filter((each) => each !== one) : [...all, one]).join(",") || undefined;
}
