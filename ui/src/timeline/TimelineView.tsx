import { useQueries, useQuery } from "@tanstack/react-query";
import { type PointerEvent, type Ref, useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import { Button } from "../components/controls";
import { EmptyState, Read } from "../components/feedback";
import { Expand, Plus } from "../components/icons";
import { coloursNow } from "../radar/view/colours";
import { type Draw, useCanvas } from "../radar/view/useCanvas";
import { useNow } from "../time/now";
import { useZone } from "../time/zone";
import { marks } from "./axis";
import { AXIS, drawSpans, type Window } from "./drawSpans";
import { levelsOf } from "./mipmaps";
import { firstAfter, packed, type Row } from "./packing";
import { SpanFacts } from "./SpanFacts";
import { readSpans, type Spans } from "./spans";

const ROW = 24;
const LEAST_ROW = 3;
const LEAST_MS = 1;
const MARGIN = 0.02;
const FINEST_GRAIN = 0.25; // milliseconds
const REST_MS = 150;
const DRAG_PIXELS = 4;

export interface TimelineControl {
  /** Show a task run, with some time around it. */
  centre: (id: string) => void;
  /** The failed task run that started first after a chosen one, or first of all; null: none failed. */
  failureAfter: (chosen: ReadonlySet<string>) => string | null;
  fit: () => void;
  zoomBy: (factor: number) => void;
  panBy: (dx: number, dy: number) => void;
}

interface Props {
  flowRunId: string;
  /** Subflow runs whose spans are shown below their own: the id of the task run for each, and of the flow run. */
  subflows: readonly { node: string; flowRunId: string }[];
  chosen: ReadonlySet<string>;
  /** Whether nothing runs any more. */
  ended: boolean;
  onChoose: (id: string | null, event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) => void;
  /** What is seen, as the address says it: `from~to` in milliseconds since the run began. */
  time: string | undefined;
  onLook: (time: string | undefined) => unknown;
  control: Ref<TimelineControl>;
}

const spansOf = (id: string) => ({ queryKey: ["flow_run", id, "spans"], queryFn: ({ signal }: { signal: AbortSignal }) => readSpans(id, signal) });

/** Every task run on the time it took, in as many rows as ran at once; zooms from the whole run to a millisecond. */
export function TimelineView({ flowRunId, subflows, ended, ...rest }: Props) {
  const spans = useQuery(spansOf(flowRunId));
  const inside = useQueries({ queries: subflows.map((each) => spansOf(each.flowRunId)), combine: (all) => all.map(({ data }) => data) });
  const opened = useMemo(() => new Map(inside.flatMap((each, at) => (each ? [[subflows[at]!.node, each] as const] : []))), [inside, subflows]);
  return (
    <Read query={spans}>
      {(found) => {
        const props = { spans: found, opened, ...rest };
        return ended ? <Shown {...props} now={0} /> : <Growing {...props} />;
      }}
    </Read>
  );
}

type ShownProps = Omit<Props, "flowRunId" | "subflows" | "ended"> & { spans: Spans; opened: ReadonlyMap<string, Spans>; now: number };

function Growing(props: Omit<ShownProps, "now">) {
  return <Shown {...props} now={useNow()} />;
}

function Shown({ spans, opened, now, chosen, onChoose, time, onLook, control }: ShownProps) {
  const zone = useZone();
  const { rows, from, to } = useMemo(() => packed(spans, opened), [spans, opened]);
  const levels = useMemo(() => rows.map((row) => levelsOf(row, FINEST_GRAIN)), [rows]);
  const whole = useMemo((): Window => {
    const until = Math.max(to, now, from + LEAST_MS);
    return { from: from - (until - from) * MARGIN, to: until + (until - from) * MARGIN, top: 0 };
  }, [from, to, now]);
  const [seen, setSeen] = useState<Window | null>(() => understood(time, spans.origin));
  const [hovered, setHovered] = useState<{ row: Row; at: number } | null>(null);
  const [height, setHeight] = useState(600);
  const box = useRef<HTMLDivElement>(null);
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const view = seen ?? whole;
  const rowHeight = Math.max(LEAST_ROW, Math.min(ROW, (height - AXIS - 8) / Math.max(1, rows.length)));

  const latest = useRef(whole);
  useEffect(() => void (latest.current = whole), [whole]);
  const zoomAt = useCallback(
    (factor: number, part: number) =>
      setSeen((before) => {
        const { from: left, to: right, top } = before ?? latest.current;
        const most = (latest.current.to - latest.current.from) * 1.1;
        const length = Math.max(LEAST_MS, Math.min(most, (right - left) / factor));
        const anchor = left + (right - left) * part;
        return { from: anchor - length * part, to: anchor + length * (1 - part), top };
      }),
    [],
  );
  useEffect(() => {
    const rest = setTimeout(() => onLook(seen ? `${(seen.from - spans.origin).toFixed(2)}~${(seen.to - spans.origin).toFixed(2)}` : undefined), REST_MS);
    return () => clearTimeout(rest);
  }, [seen, spans.origin, onLook]);
  useImperativeHandle(
    control,
    () => ({
      fit: () => setSeen(null),
      failureAfter: (after) => failureAfter(rows, after),
      zoomBy: (factor) => zoomAt(factor, 0.5),
      panBy: (dx, dy) => {
        const shift = (dx / (box.current?.clientWidth ?? 1000)) * (view.to - view.from);
        setSeen({ from: view.from + shift, to: view.to + shift, top: Math.max(0, view.top + dy) });
      },
      centre: (id) => {
        for (const [index, { spans: own, members }] of rows.entries()) {
          const at = members.find((member) => own.ids[member] === id);
          if (at === undefined) continue;
          const [start, end] = [own.origin + own.start[at]!, Number.isNaN(own.end[at]) ? latest.current.to : own.origin + own.end[at]!];
          const length = Math.max(LEAST_MS, (end - start) * 4, (view.to - view.from) / 8);
          const middle = (start + end) / 2;
          setSeen({ from: middle - length / 2, to: middle + length / 2, top: Math.max(0, index * rowHeight - height / 2) });
          return;
        }
      },
    }),
    [rows, rowHeight, height, view, zoomAt],
  );
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const sizes = new ResizeObserver(([entry]) => setHeight(entry!.contentRect.height));
    sizes.observe(element);
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const { left, width } = element.getBoundingClientRect();
      if (event.shiftKey) setSeen((before) => ({ ...(before ?? latest.current), top: Math.max(0, (before?.top ?? 0) + event.deltaY) }));
      else zoomAt(Math.exp(-event.deltaY * 0.002), (event.clientX - left) / width);
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => {
      sizes.disconnect();
      element.removeEventListener("wheel", wheel);
    };
  }, [zoomAt, rows.length]);

  const paint = useMemo(
    (): Draw => (context, width, high) =>
      drawSpans(context, width, high, { rows, levels, rowHeight, view, now: now || view.to, marks: marks(view.from, view.to, spans.origin, width, zone), chosen, colours: coloursNow() }),
    [rows, levels, rowHeight, view, now, zone, chosen, spans.origin],
  );
  const canvas = useCanvas(paint);
  const spanAt = (event: PointerEvent): { row: Row; at: number } | null => {
    const { left, top, width } = box.current!.getBoundingClientRect();
    const moment = view.from + ((event.clientX - left) / width) * (view.to - view.from);
    const slack = ((view.to - view.from) / width) * 3;
    const row = rows[Math.floor((event.clientY - top - AXIS + view.top) / rowHeight)];
    if (!row || event.clientY - top < AXIS) return null;
    const at = row.members[firstAfter(row, moment - slack - row.spans.origin)];
    return at !== undefined && row.spans.origin + row.spans.start[at]! - slack <= moment ? { row, at } : null;
  };
  const onMove = (event: PointerEvent) => {
    const begun = drag.current;
    if (!begun) {
      const found = spanAt(event);
      setHovered((before) => (found?.at === before?.at && found?.row === before?.row ? before : found));
      return;
    }
    const [dx, dy] = [event.clientX - begun.x, event.clientY - begun.y];
    if (!begun.moved && Math.hypot(dx, dy) < DRAG_PIXELS) return;
    drag.current = { x: event.clientX, y: event.clientY, moved: true };
    const shift = (dx / box.current!.clientWidth) * (view.to - view.from);
    const lowest = Math.max(0, rows.length * rowHeight - (height - AXIS) + 8);
    setSeen({ from: view.from - shift, to: view.to - shift, top: Math.max(0, Math.min(lowest, view.top - dy)) });
  };
  if (!rows.length) return <EmptyState title="Nothing has started yet" />;
  const shown = hovered ?? find(rows, chosen);
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
        const found = drag.current && !drag.current.moved ? spanAt(event) : undefined;
        if (found !== undefined) onChoose(found && found.row.spans.ids[found.at]!, event);
        drag.current = null;
      }}
      onPointerLeave={() => setHovered(null)}
    >
      <canvas ref={canvas} aria-hidden className="absolute inset-0 size-full" />
      <div className="absolute right-3 bottom-3 z-10 flex gap-1">
        <Button square aria-label="Zoom in" onClick={() => zoomAt(2, 0.5)}>
          <Plus />
        </Button>
        <Button square aria-label="Zoom out" onClick={() => zoomAt(0.5, 0.5)}>
          −
        </Button>
        <Button onClick={() => setSeen(null)}>
          <Expand /> Whole run
        </Button>
      </div>
      {shown && <SpanFacts spans={shown.row.spans} at={shown.at} now={now} />}
    </div>
  );
}

const FAILED: ReadonlySet<string> = new Set(["FAILED", "CRASHED"]);

function failureAfter(rows: readonly Row[], chosen: ReadonlySet<string>): string | null {
  const failures = rows.flatMap(({ spans, members }) => Array.from(members).filter((at) => FAILED.has(spans.states[spans.state[at]!]!)).map((at) => ({ id: spans.ids[at]!, start: spans.origin + spans.start[at]! })));
  failures.sort((left, right) => left.start - right.start);
  const last = failures.findLastIndex(({ id }) => chosen.has(id));
  return (failures[last + 1] ?? failures[0])?.id ?? null;
}

function understood(time: string | undefined, origin: number): Window | null {
  const [from, to] = (time ?? "").split("~").map(Number);
  return time && Number.isFinite(from) && Number.isFinite(to) && to! - from! >= LEAST_MS / 2 ? { from: origin + from!, to: origin + to!, top: 0 } : null;
}

function find(rows: readonly Row[], chosen: ReadonlySet<string>): { row: Row; at: number } | null {
  if (!chosen.size) return null;
  for (const row of rows) {
    const at = row.members.find((member) => chosen.has(row.spans.ids[member]!));
    if (at !== undefined) return { row, at };
  }
  return null;
}
