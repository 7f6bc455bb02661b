import {
  type PointerEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { classes } from "../../components/classes";
import { Button } from "../../components/controls";
import { Expand, Plus } from "../../components/icons";
import { type Bounds, boundsOf } from "./bounds";
import { type Camera, CARD_HEIGHT, CARD_WIDTH, fit, said, type Size, understood, zoomed } from "./camera";
import { draw } from "./draw";
import { edgeLayers, tracedLayers } from "./edges";
import { type Emphasis, emphasisOn, stands } from "./emphasis";
import { Minimap } from "./Minimap";
import { type CardActions, NodeCard } from "./NodeCard";
import { picture } from "./picture";
import type { Places } from "./places";
import { Plate } from "./plate";
import type { Scene } from "./scene";
import { tintsOf } from "./tints";
import { useCamera } from "./useCamera";
import { type Draw, useCanvas } from "./useCanvas";
import { useMoving } from "./useMoving";

const MOST_CARDS = 150;
/** Farther away than that, cards of neighbouring rings, or columns, would lie on one another. */
const CARDS_FROM_ZOOM = { radial: 0.6, layered: 0.52 };
const NONE: ReturnType<typeof tracedLayers> = [];
const REST_MS = 120;
const CLICK_PIXELS = 4;
const DOT_PIXELS = 12;
/** What minimap and buttons cover in their corner. */
const CONTROLS = { width: 188, height: 226 };
/** How much of its size a picture may lose for lying beside them. */
const LEAST_BESIDE = 0.65;
/** What the side panel covers. */
const PANEL = { narrow: 336, wide: 650 };

export interface StageControl {
  fit: () => void;
  zoomBy: (factor: number) => void;
  /** Pixels of the screen. */
  panBy: (dx: number, dy: number) => void;
  centre: (node: number) => void;
  /** What is seen, cards included, as an image. */
  picture: () => HTMLCanvasElement | null;
}

interface Props {
  scene: Scene;
  places: Places;
  radial: boolean;
  /** What stands out while the pointer is on no node. */
  emphasis: Emphasis | null;
  /** Whether the node that the pointer is on stands out instead. */
  tracing: boolean;
  chosen: ReadonlySet<number>;
  /** Where to look, as the address says it, and whether another view said so. */
  at: string | undefined;
  fromElsewhere: boolean;
  onLook: (at: string | undefined) => unknown;
  onChoose: (node: number | null, event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) => void;
  opened: ReadonlySet<string>;
  actions: CardActions;
  control: React.Ref<StageControl>;
  children?: ReactNode;
}

/** The surface of Radar and Layered: a canvas for edges and what is far, cards for what is near, a minimap. */
export function Stage({
  scene,
  places: settled,
  radial,
  emphasis: resting,
  tracing,
  chosen,
  at,
  fromElsewhere,
  onLook,
  onChoose,
  opened,
  actions,
  control,
  children,
}: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const origin = Date.parse(scene.graph.origin);
  const { structure } = scene;
  const { ids } = structure;
  const what = `${scene.graph.flow_run_id} ${radial}`;
  const bounds = useMemo(() => boundsOf(structure, settled, radial), [structure, settled, radial]);
  const [begin] = useState(() => understood(at, ids, settled, fromElsewhere));
  const {
    camera: seen,
    chosen: looked,
    setCamera,
  } = useCamera(bounds, size, what, begin, (whole, within) => clearOfControls(settled, whole, within));
  const { places, arrived } = useMoving(ids, settled, radial, what);
  const [rested, setRested] = useState(seen);
  const [plates] = useState(() => ({
    ground: new Plate("ground"),
    edges: new Plate("edges"),
    traced: new Plate("traced"),
  }));
  const mountPlates = useCallback(
    (host: HTMLElement | null) =>
      host?.replaceChildren(plates.ground.canvas, plates.edges.canvas, plates.traced.canvas),
    [plates],
  );
  const moving = rested !== seen;
  const [pointed, setPointed] = useState<number | null>(null);
  const hovered = pointed !== null && pointed < scene.nodes.length ? pointed : null;
  const emphasis = useMemo(
    () => (tracing && hovered !== null ? emphasisOn(structure, hovered) : resting),
    [structure, resting, tracing, hovered],
  );
  useEffect(() => {
    const rest = setTimeout(() => {
      setRested(seen);
      onLook(looked ? said(seen, ids, settled) : undefined);
    }, REST_MS);
    return () => clearTimeout(rest);
  }, [seen, looked, ids, settled, onLook]);

  useLayoutEffect(() => {
    const watch = new ResizeObserver(([entry]) =>
      setSize({ width: entry!.contentRect.width, height: entry!.contentRect.height }),
    );
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);

  const latest = useRef(seen);
  useEffect(() => void (latest.current = seen), [seen]);
  const zoomBy = useCallback(
    (factor: number, dx = 0, dy = 0) => setCamera((before) => zoomed(before ?? latest.current, factor, dx, dy)),
    [setCamera],
  );
  useEffect(() => {
    const element = box.current!;
    const wheel = (event: WheelEvent) => {
      if ((event.target as HTMLElement).closest("aside")) return;
      event.preventDefault();
      const { left, top, width, height } = element.getBoundingClientRect();
      zoomBy(
        Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)),
        event.clientX - left - width / 2,
        event.clientY - top - height / 2,
      );
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [zoomBy]);

  const cards = useMemo(
    () => near(places, seen, size, radial ? CARDS_FROM_ZOOM.radial : CARDS_FROM_ZOOM.layered),
    [places, seen, size, radial],
  );
  const edges = useMemo(() => edgeLayers(scene, settled, radial), [scene, settled, radial]);
  const traced = useMemo(
    () => (emphasis ? tracedLayers(structure, settled, radial, emphasis) : NONE),
    [structure, settled, radial, emphasis],
  );
  const tints = useMemo(() => tintsOf(structure, settled, radial), [structure, settled, radial]);
  const paint = useMemo(
    (): Draw => (context, width, height) =>
      draw(context, width, height, {
        scene,
        places,
        camera: seen,
        edges,
        traced,
        tints,
        plates,
        moving,
        arrived,
        radial,
        emphasis,
        cards: new Set(cards),
        chosen,
      }),
    [scene, places, seen, edges, traced, tints, plates, moving, arrived, radial, emphasis, cards, chosen],
  );
  const canvas = useCanvas(paint);
  useImperativeHandle(
    control,
    () => ({
      fit: () => setCamera(null),
      zoomBy,
      panBy: (dx, dy) =>
        setCamera((before) => {
          const { x, y, zoom } = before ?? latest.current;
          return { x: x + dx / zoom, y: y + dy / zoom, zoom };
        }),
      centre: (node) =>
        setCamera((before) => {
          const zoom = Math.max(0.7, (before ?? latest.current).zoom);
          const panel = Math.min(scene.nodes[node]!.members === null ? PANEL.narrow : PANEL.wide, size.width / 2);
          return { x: settled.x[node]! - panel / 2 / zoom, y: settled.y[node]!, zoom };
        }),
      picture: () =>
        canvas.current && picture(canvas.current, { plates, scene, places: settled, camera: seen, cards, size }),
    }),
    [settled, zoomBy, setCamera, canvas, plates, scene, seen, cards, size],
  );

  const latestActions = useRef(actions);
  useEffect(() => void (latestActions.current = actions), [actions]);
  const [stable] = useState<CardActions>(() => ({
    enter: (node) => latestActions.current.enter(node),
    unfoldSubflow: (node) => latestActions.current.unfoldSubflow(node),
    fold: (node) => latestActions.current.fold(node),
  }));
  const nodeAt = (event: PointerEvent): number | null => {
    const { left, top, width, height } = box.current!.getBoundingClientRect();
    return hit(
      places,
      {
        x: (event.clientX - left - width / 2) / seen.zoom + seen.x,
        y: (event.clientY - top - height / 2) / seen.zoom + seen.y,
      },
      seen,
      cards,
    );
  };
  const move = (event: PointerEvent) => {
    const from = drag.current;
    if (!from) {
      setPointed((event.target as HTMLElement).closest("aside") ? null : nodeAt(event));
      return;
    }
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    if (!from.moved && Math.hypot(dx, dy) < CLICK_PIXELS) return;
    drag.current = { x: event.clientX, y: event.clientY, moved: true };
    setCamera({ ...seen, x: seen.x - dx / seen.zoom, y: seen.y - dy / seen.zoom });
  };
  const lifted = hovered !== null && !cards.includes(hovered) ? [hovered] : [];
  return (
    <div
      ref={box}
      className={classes(
        "card relative min-h-0 flex-1 touch-none overflow-hidden select-none",
        drag.current ? "cursor-grabbing" : hovered === null ? "cursor-grab" : "cursor-pointer",
      )}
      onPointerDown={(event) => {
        if (event.button !== 0 || (event.target as HTMLElement).closest("button, aside, a, input")) return;
        drag.current = { x: event.clientX, y: event.clientY, moved: false };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={move}
      onPointerUp={(event) => {
        if (drag.current && !drag.current.moved) onChoose(nodeAt(event), event);
        drag.current = null;
      }}
      onPointerLeave={() => setPointed(null)}
    >
      <div ref={mountPlates} aria-hidden className="absolute inset-0" />
      <canvas ref={canvas} aria-hidden className="absolute inset-0 size-full" />
      <div
        aria-hidden
        className="absolute top-0 left-0"
        style={{
          transform: `translate(${size.width / 2 - seen.x * seen.zoom}px, ${size.height / 2 - seen.y * seen.zoom}px)`,
        }}
      >
        {[...cards, ...lifted].map((node) => (
          <NodeCard
            key={scene.nodes[node]!.id}
            node={scene.nodes[node]!}
            origin={origin}
            x={places.x[node]! * seen.zoom}
            y={places.y[node]! * seen.zoom}
            zoom={seen.zoom}
            faded={emphasis !== null && !stands(emphasis, node)}
            chosen={chosen.has(node)}
            lifted={lifted.includes(node)}
            at={node}
            folded={scene.shown.folded[node]! || (lifted.includes(node) || !scene.behind[node] ? null : 0)}
            opened={opened.has(scene.nodes[node]!.subflow?.flow_run_id ?? "")}
            actions={stable}
          />
        ))}
      </div>
      <div className="absolute right-3 bottom-[188px] z-10 flex gap-1">
        <Button square aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoomBy(1.4)}>
          <Plus />
        </Button>
        <Button square aria-label="Zoom out" title="Zoom out (−)" onClick={() => zoomBy(1 / 1.4)}>
          −
        </Button>
        <Button square aria-label="Fit everything" title="Fit everything (0)" onClick={() => setCamera(null)}>
          <Expand />
        </Button>
      </div>
      <Minimap
        scene={scene}
        places={settled}
        radial={radial}
        camera={seen}
        width={size.width}
        height={size.height}
        onMove={(x, y) => setCamera({ ...seen, x, y })}
      />
      {children}
    </div>
  );
}

/** Sees everything; where the minimap would lie on a node, all of it beside the minimap. */
function clearOfControls({ x, y, nodes }: Places, bounds: Bounds, size: Size): Camera {
  const camera = fit(bounds, size);
  for (let node = 0; node < nodes; node++) {
    const [dx, dy] = [
      (x[node]! - camera.x + CARD_WIDTH / 2) * camera.zoom,
      (y[node]! - camera.y + CARD_HEIGHT / 2) * camera.zoom,
    ];
    if (dx < size.width / 2 - CONTROLS.width || dy < size.height / 2 - CONTROLS.height) continue;
    const beside = fit(bounds, { ...size, width: size.width - CONTROLS.width });
    if (beside.zoom < camera.zoom * LEAST_BESIDE) return camera; // in a small window the nodes matter more
    return { ...beside, x: beside.x + CONTROLS.width / 2 / beside.zoom };
  }
  return camera;
}

/** The nodes on the screen, as cards while they can be read and are few. */
function near({ x, y, nodes }: Places, camera: Camera, { width, height }: Size, fromZoom: number): number[] {
  if (camera.zoom < fromZoom) return [];
  const found: number[] = [];
  const [halfWidth, halfHeight] = [width / 2 / camera.zoom + CARD_WIDTH / 2, height / 2 / camera.zoom + CARD_HEIGHT];
  for (let node = 0; node < nodes; node++) {
    if (Math.abs(x[node]! - camera.x) <= halfWidth && Math.abs(y[node]! - camera.y) <= halfHeight) {
      if (found.length === MOST_CARDS) return [];
      found.push(node);
    }
  }
  return found;
}

/** The card that a point is on, or the nearest dot beside it. */
function hit(
  { x, y, nodes }: Places,
  point: { x: number; y: number },
  { zoom }: Camera,
  cards: readonly number[],
): number | null {
  if (cards.length)
    return (
      cards.findLast(
        (node) => Math.abs(x[node]! - point.x) <= CARD_WIDTH / 2 && Math.abs(y[node]! - point.y) <= CARD_HEIGHT / 2 + 2,
      ) ?? null
    );
  let [nearest, least] = [-1, DOT_PIXELS / zoom];
  for (let node = 0; node < nodes; node++) {
    const distance = Math.hypot(x[node]! - point.x, y[node]! - point.y);
    if (distance < least) [nearest, least] = [node, distance];
  }
  return nearest < 0 ? null : nearest;
}
