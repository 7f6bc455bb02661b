import {
  type PointerEvent,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from "react";
import { classes } from "../components/classes";
import { Button } from "../components/controls";
import { Expand, Plus } from "../components/icons";
import type { Entry } from "../radar/model/selection";
import { coloursNow } from "../radar/view/colours";
import { type Draw, useCanvas } from "../radar/view/useCanvas";
import { useZone } from "../time/zone";
import { axisMarks } from "./axis";
import { ChosenFacts } from "./ChosenFacts";
import { AXIS, drawSpans } from "./drawSpans";
import { failureAfter } from "./failures";
import { type Marking, markingOf } from "./marking";
import { levelsOf } from "./mipmaps";
import { entryOf, type PackedRows } from "./packing";
import { type Picked, spanAt } from "./picking";
import { SpanFacts } from "./SpanFacts";
import { windowAround, LEAST_MS, type TimeWindow, wholeWindow } from "./timeWindow";
import { useTimeWindow } from "./useTimeWindow";

const ROW = 24;
const LEAST_ROW = 3;
const FOOT = 8;
const FINEST_GRAIN = 0.25; // milliseconds
const DRAG_PIXELS = 4;
/** What the panel covers of the width. */
const PANEL = 336;

type Side = "left" | "right";

export interface TimelineControl {
  /** Show what an entry stands for, with some time around it. */
  centre: (entry: Entry) => void;
  /** The failed task run that started first after a chosen one, or first of all; null: none failed. */
  failureAfter: (chosen: readonly Entry[]) => Entry | null;
  fit: () => void;
  zoomBy: (factor: number) => void;
  panBy: (dx: number, dy: number) => void;
}

export interface TimelineStageProps {
  packing: PackedRows;
  /** When the run began, in milliseconds since the epoch. */
  origin: number;
  /** 0 where the run has ended. */
  now: number;
  chosen: readonly Entry[];
  onChoose: (entry: Entry | null, event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) => void;
  /** The visible part, from the address. */
  time: string | undefined;
  onLook: (time: string | undefined) => unknown;
  control: Ref<TimelineControl>;
  /** The panel of what is chosen. */
  children?: ReactNode;
}

/**
 * The surface of the timeline: a canvas that is zoomed and moved, and in words what the pointer is on or what is
 * chosen.
 */
export function TimelineStage({
  packing,
  origin,
  now,
  chosen,
  onChoose,
  time,
  onLook,
  control,
  children,
}: TimelineStageProps) {
  const zone = useZone();
  const { rows, from, to } = packing;
  const levels = useMemo(() => rows.map((row) => levelsOf(row, FINEST_GRAIN)), [rows]);
  const marking = useMemo(() => markingOf(rows, chosen), [rows, chosen]);
  const { view, setView, zoomAt, whole } = useTimeWindow(
    useMemo(() => wholeWindow(from, Math.max(to, now)), [from, to, now]),
    origin,
    time,
    onLook,
  );
  const [hovered, setHovered] = useState<Picked | null>(null);
  // Where the panel appears it must not cover what it is about.
  const [panelSide, setPanelSide] = useState<Side>(() => (marking ? sideBeside(marking, view) : "left"));
  const [height, setHeight] = useState(600);
  const box = useRef<HTMLDivElement>(null);
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const rowHeight = Math.max(LEAST_ROW, Math.min(ROW, (height - AXIS - FOOT) / Math.max(1, rows.length)));
  const lowest = Math.max(0, rows.length * rowHeight - (height - AXIS) + FOOT);

  const fit = useCallback(() => {
    setView(null);
    if (marking) setPanelSide(sideBeside(marking, whole.current));
  }, [marking, setView, whole]);
  useImperativeHandle(
    control,
    () => ({
      fit,
      failureAfter: (after) => failureAfter(rows, markingOf(rows, after)),
      zoomBy: (factor) => zoomAt(factor, 0.5),
      panBy: (dx, dy) => {
        const shift = (dx / (box.current?.clientWidth ?? 1000)) * (view.to - view.from);
        setView({ from: view.from + shift, to: view.to + shift, top: Math.max(0, Math.min(lowest, view.top + dy)) });
      },
      centre: (entry) => {
        const found = markingOf(rows, [entry]);
        if (!found) return;
        const extent = { from: found.extent.from, to: Math.min(found.extent.to, whole.current.to) };
        const least = found.only
          ? Math.max(LEAST_MS, (extent.to - extent.from) * 4, (view.to - view.from) / 8)
          : LEAST_MS;
        const covered = Math.min(PANEL / (box.current?.clientWidth ?? 1000), 0.5);
        const covers = { left: 0, right: 0, [panelSide]: covered };
        setView({
          ...windowAround(extent, least, covers),
          top: Math.max(0, Math.min(lowest, found.firstRow * rowHeight - height / 2)),
        });
      },
    }),
    [rows, rowHeight, lowest, height, view, setView, zoomAt, whole, fit, panelSide],
  );
  useEffect(() => {
    const element = box.current!;
    const sizes = new ResizeObserver(([entry]) => setHeight(entry!.contentRect.height));
    sizes.observe(element);
    const wheel = (event: WheelEvent) => {
      if ((event.target as HTMLElement).closest("aside")) return;
      event.preventDefault();
      const { left, width } = element.getBoundingClientRect();
      if (event.shiftKey)
        setView((before) => ({ ...(before ?? whole.current), top: Math.max(0, (before?.top ?? 0) + event.deltaY) }));
      else zoomAt(Math.exp(-event.deltaY * 0.002), (event.clientX - left) / width);
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => {
      sizes.disconnect();
      element.removeEventListener("wheel", wheel);
    };
  }, [zoomAt, setView, whole]);

  const paint = useMemo(
    (): Draw => (context, width, high) =>
      drawSpans(context, width, high, {
        rows,
        levels,
        rowHeight,
        view,
        now: now || view.to,
        marks: axisMarks(view.from, view.to, origin, width, zone),
        marking,
        colours: coloursNow(),
      }),
    [rows, levels, rowHeight, view, now, zone, marking, origin],
  );
  const canvas = useCanvas(paint);
  const pickedAt = (event: PointerEvent): Picked | null => {
    const { left, top, width } = box.current!.getBoundingClientRect();
    return (event.target as HTMLElement).closest("aside")
      ? null
      : spanAt(rows, rowHeight, view, width, event.clientX - left, event.clientY - top);
  };
  const onMove = (event: PointerEvent) => {
    const begun = drag.current;
    if (!begun) {
      const found = pickedAt(event);
      setHovered((before) => (found?.at === before?.at && found?.row === before?.row ? before : found));
      return;
    }
    const [dx, dy] = [event.clientX - begun.x, event.clientY - begun.y];
    if (!begun.moved && Math.hypot(dx, dy) < DRAG_PIXELS) return;
    drag.current = { x: event.clientX, y: event.clientY, moved: true };
    const shift = (dx / box.current!.clientWidth) * (view.to - view.from);
    setView({ from: view.from - shift, to: view.to - shift, top: Math.max(0, Math.min(lowest, view.top - dy)) });
  };
  const onClick = (event: PointerEvent) => {
    const { left, width } = box.current!.getBoundingClientRect();
    if (!chosen.length) setPanelSide(event.clientX - left < width / 2 ? "right" : "left");
    const found = pickedAt(event);
    onChoose(found && entryOf(found.row, found.at), event);
  };
  const shown = hovered ?? marking?.only;
  return (
    <div
      ref={box}
      className="card relative min-h-0 flex-1 cursor-grab touch-none overflow-hidden select-none"
      onPointerDown={(event) => {
        if (event.button !== 0 || (event.target as HTMLElement).closest("button, a, aside")) return;
        drag.current = { x: event.clientX, y: event.clientY, moved: false };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={onMove}
      onPointerUp={(event) => {
        if (drag.current && !drag.current.moved) onClick(event);
        drag.current = null;
      }}
      onPointerLeave={() => setHovered(null)}
    >
      <canvas ref={canvas} aria-hidden className="absolute inset-0 size-full" />
      <div
        className={classes(
          "pointer-events-none absolute inset-x-0 top-[40px] bottom-[52px] z-20 *:pointer-events-auto",
          panelSide === "right" ? "*:right-3 *:left-auto" : "",
        )}
      >
        {children}
      </div>
      <div className="absolute right-3 bottom-3 z-10 flex gap-1">
        <Button square aria-label="Zoom in" onClick={() => zoomAt(2, 0.5)}>
          <Plus />
        </Button>
        <Button square aria-label="Zoom out" onClick={() => zoomAt(0.5, 0.5)}>
          −
        </Button>
        <Button onClick={fit}>
          <Expand /> Whole run
        </Button>
      </div>
      {shown ? (
        <SpanFacts spans={shown.row.spans} at={shown.at} now={now} />
      ) : (
        marking && <ChosenFacts marking={marking} now={now} />
      )}
    </div>
  );
}

/** The side of the picture where less of what is chosen lies. */
const sideBeside = ({ extent: { from, to } }: Marking, view: TimeWindow): Side =>
  Math.max(from, view.from) - view.from < view.to - Math.min(to, view.to) ? "right" : "left";
