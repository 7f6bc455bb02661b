import { type PointerEvent, type ReactNode, useCallback, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../components/controls";
import { Expand, Plus } from "../../components/icons";
import { Backdrop } from "./backdrop";
import { type Camera, CARD_HEIGHT, CARD_WIDTH, fit, zoomed } from "./camera";
import { draw, type Emphasis } from "./draw";
import { edgeLayers } from "./edges";
import { Minimap } from "./Minimap";
import { NodeCard } from "./NodeCard";
import type { Places, Scene } from "./scene";
import { type Draw, useCanvas } from "./useCanvas";

const MOST_CARDS = 150;
const CARDS_FROM_ZOOM = 0.32;
const REST_MS = 120;
const CLICK_PIXELS = 4;

export interface StageControl {
  fit: () => void;
  zoomBy: (factor: number) => void;
  centre: (node: number) => void;
  canvas: () => HTMLCanvasElement | null;
}

interface Props {
  scene: Scene;
  places: Places;
  radial: boolean;
  emphasis: Emphasis | null;
  chosen: ReadonlySet<number>;
  onHover: (node: number | null) => void;
  onChoose: (node: number | null, event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) => void;
  onOpen: (node: number) => void;
  control: React.Ref<StageControl>;
  children?: ReactNode;
}

/** The surface of Radar and Layered: a canvas for edges and what is far, cards for what is near, a minimap. */
export function Stage({ scene, places, radial, emphasis, chosen, onHover, onChoose, onOpen, control, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [camera, setCamera] = useState<Camera | null>(null);
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const origin = Date.parse(scene.graph.origin);
  const seen = useMemo(() => camera ?? fit(places, size.width || 1000, size.height || 600), [camera, places, size]);
  const [rested, setRested] = useState(seen);
  const [backdrop] = useState(() => new Backdrop());
  const moving = rested !== seen;
  useEffect(() => {
    const rest = setTimeout(() => setRested(seen), REST_MS);
    return () => clearTimeout(rest);
  }, [seen]);

  useLayoutEffect(() => {
    const watch = new ResizeObserver(([entry]) => setSize({ width: entry!.contentRect.width, height: entry!.contentRect.height }));
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
  // Another view, or another run, is seen whole first.
  useEffect(() => setCamera(null), [radial, scene.graph.flow_run_id]);

  useEffect(() => {
    const element = box.current!;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top, width, height } = element.getBoundingClientRect();
      const factor = Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015));
      setCamera((before) => zoomed(before ?? fit(places, width, height), factor, event.clientX - left - width / 2, event.clientY - top - height / 2));
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [places]);

  const cards = useMemo(() => near(places, seen, size), [places, seen, size]);
  const edges = useMemo(() => edgeLayers(scene, places, radial, emphasis), [scene, places, radial, emphasis]);
  const paint = useMemo(
    (): Draw => (context, width, height) => draw(context, width, height, { scene, places, camera: seen, edges, backdrop, moving, radial, emphasis, cards: new Set(cards) }),
    [scene, places, seen, edges, backdrop, moving, radial, emphasis, cards],
  );
  const canvas = useCanvas(paint);
  const zoomBy = useCallback((factor: number) => setCamera((before) => zoomed(before ?? fit(places, size.width, size.height), factor, 0, 0)), [places, size]);
  useImperativeHandle(
    control,
    () => ({
      fit: () => setCamera(null),
      zoomBy,
      centre: (node) => setCamera((before) => ({ x: places.x[node]!, y: places.y[node]!, zoom: Math.max(0.7, before?.zoom ?? fit(places, size.width, size.height).zoom) })),
      canvas: () => canvas.current,
    }),
    [places, size, zoomBy, canvas],
  );

  const latestOpen = useRef(onOpen);
  useEffect(() => void (latestOpen.current = onOpen), [onOpen]);
  const opened = useCallback((node: number) => latestOpen.current(node), []);
  const nodeAt = (event: PointerEvent): number | null => {
    const { left, top, width, height } = box.current!.getBoundingClientRect();
    const x = (event.clientX - left - width / 2) / seen.zoom + seen.x;
    const y = (event.clientY - top - height / 2) / seen.zoom + seen.y;
    const margin = 4 / seen.zoom;
    for (let node = places.x.length - 1; node >= 0; node--) {
      if (Math.abs(places.x[node]! - x) <= CARD_WIDTH / 2 + margin && Math.abs(places.y[node]! - y) <= CARD_HEIGHT / 2 + margin) return node;
    }
    return null;
  };
  const move = (event: PointerEvent) => {
    const from = drag.current;
    if (!from) {
      onHover(nodeAt(event));
      return;
    }
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    if (!from.moved && Math.hypot(dx, dy) < CLICK_PIXELS) return;
    drag.current = { x: event.clientX, y: event.clientY, moved: true };
    setCamera({ ...seen, x: seen.x - dx / seen.zoom, y: seen.y - dy / seen.zoom });
  };
  return (
    <div
      ref={box}
      className={`card relative min-h-0 flex-1 touch-none overflow-hidden select-none ${drag.current ? "cursor-grabbing" : "cursor-grab"}`}
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
      onPointerLeave={() => onHover(null)}
    >
      <canvas ref={canvas} aria-hidden className="absolute inset-0 size-full" />
      <div aria-hidden className="absolute top-0 left-0" style={{ transform: `translate(${size.width / 2 - seen.x * seen.zoom}px, ${size.height / 2 - seen.y * seen.zoom}px)` }}>
        {cards.map((node) => (
          <NodeCard
            key={scene.nodes[node]!.id}
            node={scene.nodes[node]!}
            origin={origin}
            x={places.x[node]! * seen.zoom}
            y={places.y[node]! * seen.zoom}
            zoom={seen.zoom}
            faded={emphasis !== null && !emphasis.self.has(node) && !emphasis.upstream.has(node) && !emphasis.downstream.has(node)}
            chosen={chosen.has(node)}
            at={node}
            onOpen={scene.nodes[node]!.subflow ? opened : undefined}
          />
        ))}
      </div>
      <div className="absolute right-3 bottom-[188px] z-10 flex gap-1">
        <Button square aria-label="Zoom in" onClick={() => zoomBy(1.4)}>
          <Plus />
        </Button>
        <Button square aria-label="Zoom out" onClick={() => zoomBy(1 / 1.4)}>
          −
        </Button>
        <Button square aria-label="Fit everything" onClick={() => setCamera(null)}>
          <Expand />
        </Button>
      </div>
      <Minimap scene={scene} places={places} radial={radial} camera={seen} width={size.width} height={size.height} onMove={(x, y) => setCamera({ ...seen, x, y })} />
      {children}
    </div>
  );
}

/** The nodes on the screen, as cards while they can be read and are few. */
function near({ x, y }: Places, camera: Camera, { width, height }: { width: number; height: number }): number[] {
  if (camera.zoom < CARDS_FROM_ZOOM && x.length > 40) return [];
  const found: number[] = [];
  const [halfWidth, halfHeight] = [width / 2 / camera.zoom + CARD_WIDTH / 2, height / 2 / camera.zoom + CARD_HEIGHT];
  for (let node = 0; node < x.length; node++) {
    if (Math.abs(x[node]! - camera.x) <= halfWidth && Math.abs(y[node]! - camera.y) <= halfHeight) {
      if (found.length === MOST_CARDS) return [];
      found.push(node);
    }
  }
  return found;
}
