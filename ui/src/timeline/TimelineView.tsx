import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type PointerEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../components/controls";
import { EmptyState, Read } from "../components/feedback";
import { coloursNow } from "../radar/view/colours";
import { type Draw, useCanvas } from "../radar/view/useCanvas";
import { duration, tick } from "../time/format";
import { useNow } from "../time/now";
import { useZone } from "../time/zone";
import { lanes } from "./lanes";
import { isSubflow, readSpans, type Spans } from "./spans";

const AXIS = 26;
const ROW = 20;
const LEAST_MS = 1;

interface Props {
  flowRunId: string;
  chosen: ReadonlySet<string>;
  ended: boolean;
  onChoose: (id: string | null) => void;
}

/** Every task run on the time it took, packed by what ran at once; zooms from the whole run to a millisecond. */
export function TimelineView({ flowRunId, chosen, ended, onChoose }: Props) {
  const spans = useQuery({ queryKey: ["flow_run", flowRunId, "spans"], queryFn: ({ signal }) => readSpans(flowRunId, signal) });
  return <Read query={spans}>{(found) => (ended ? <Shown spans={found} now={0} chosen={chosen} onChoose={onChoose} /> : <Growing spans={found} chosen={chosen} onChoose={onChoose} />)}</Read>;
}

function Growing(props: Omit<Parameters<typeof Shown>[0], "now">) {
  return <Shown {...props} now={useNow() - props.spans.origin} />;
}

interface Window {
  from: number;
  to: number;
  top: number;
}

function Shown({ spans, now, chosen, onChoose }: { spans: Spans; now: number; chosen: ReadonlySet<string>; onChoose: (id: string | null) => void }) {
  const zone = useZone();
  const packed = useMemo(() => pack(spans, now), [spans, now]);
  const [seen, setSeen] = useState<Window | null>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const view = seen ?? { from: packed.from, to: packed.to, top: 0 };

  const zoomAt = useCallback(
    (factor: number, part: number) =>
      setSeen((before) => {
        const { from, to, top } = before ?? { from: packed.from, to: packed.to, top: 0 };
        const length = Math.max(LEAST_MS, Math.min((packed.to - packed.from) * 1.1, (to - from) / factor));
        const anchor = from + (to - from) * part;
        return { from: anchor - length * part, to: anchor + length * (1 - part), top };
      }),
    [packed],
  );
  useEffect(() => {
    const element = box.current!;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const { left, width } = element.getBoundingClientRect();
      if (event.shiftKey) setSeen((before) => ({ ...(before ?? { from: packed.from, to: packed.to, top: 0 }), top: Math.max(0, (before?.top ?? 0) + event.deltaY) }));
      else zoomAt(Math.exp(-event.deltaY * 0.002), (event.clientX - left) / width);
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [zoomAt, packed]);

  const paint = useMemo(
    (): Draw => (context, width, height) => {
      const colours = coloursNow();
      const scale = width / (view.to - view.from);
      context.font = "11px sans-serif";
      const step = niceStep((view.to - view.from) / Math.max(2, width / 130));
      for (let at = Math.ceil(view.from / step) * step; at < view.to; at += step) {
        const x = (at - view.from) * scale;
        context.fillStyle = colours.line;
        context.fillRect(x, AXIS, 1, height);
        context.fillStyle = colours.muted;
        context.fillText(tick(spans.origin + at, zone, view.to - view.from), x + 4, 17);
      }
      context.save();
      context.beginPath();
      context.rect(0, AXIS, width, height - AXIS);
      context.clip();
      const row = rowHeight(packed.many, height);
      for (const [lane, members] of packed.lanes.entries()) {
        const y = AXIS + lane * row - view.top;
        if (y + row < AXIS || y > height) continue;
        let drawnTo = Number.NEGATIVE_INFINITY; // spans under a pixel that lie in one are one
        for (let index = firstAfter(members, packed.ends, view.from); index < members.length; index++) {
          const span = members[index]!;
          if (spans.start[span]! > view.to) break;
          const x = (spans.start[span]! - view.from) * scale;
          const wide = Math.max(1, (packed.ends[span]! - spans.start[span]!) * scale);
          if (x + wide <= drawnTo + 0.5) continue;
          drawnTo = x + wide;
          const isChosen = chosen.has(spans.ids[span]!);
          context.globalAlpha = chosen.size && !isChosen ? 0.35 : 1;
          context.fillStyle = colours.state[spans.states[spans.state[span]!]!]!;
          context.fillRect(Math.max(-2, x), y + 1, Math.min(width + 4, x + wide) - Math.max(-2, x), Math.max(1, row - 2));
          if (isSubflow(spans, span)) {
            context.fillStyle = colours.accent;
            context.fillRect(Math.max(-2, x), y + row - 3, Math.min(width + 4, x + wide) - Math.max(-2, x), 2);
          }
          if (wide > 60 && row > 13) {
            context.save();
            context.beginPath();
            context.rect(Math.max(0, x), y, wide - 4, row);
            context.clip();
            context.fillStyle = colours.surface;
            context.fillText(spans.names[span]!, Math.max(0, x) + 6, y + row / 2 + 4);
            context.restore();
          }
        }
      }
      context.restore();
    },
    [spans, packed, view.from, view.to, view.top, zone, chosen],
  );
  const canvas = useCanvas(paint);
  const spanAt = (event: PointerEvent): number | null => {
    const { left, top, width, height } = box.current!.getBoundingClientRect();
    const at = view.from + ((event.clientX - left) / width) * (view.to - view.from);
    const lane = Math.floor((event.clientY - top - AXIS + view.top) / rowHeight(packed.many, height));
    const slack = ((view.to - view.from) / width) * 2;
    return packed.lanes[lane]?.find((span) => spans.start[span]! - slack <= at && packed.ends[span]! + slack >= at) ?? null;
  };
  const onMove = (event: PointerEvent) => {
    const from = drag.current;
    if (!from) {
      setHovered(spanAt(event));
      return;
    }
    const { width } = box.current!.getBoundingClientRect();
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    if (!from.moved && Math.hypot(dx, dy) < 4) return;
    drag.current = { x: event.clientX, y: event.clientY, moved: true };
    const shift = (dx / width) * (view.to - view.from);
    setSeen({ from: view.from - shift, to: view.to - shift, top: Math.max(0, view.top - dy) });
  };
  if (!packed.many) return <EmptyState title="Nothing has started yet" />;
  const shown = hovered ?? spans.ids.findIndex((id) => chosen.has(id));
  return (
    <div
      ref={box}
      className="card relative min-h-0 flex-1 cursor-grab touch-none overflow-hidden select-none"
      onPointerDown={(event) => {
        if ((event.target as HTMLElement).closest("button, a")) return;
        drag.current = { x: event.clientX, y: event.clientY, moved: false };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={onMove}
      onPointerUp={(event) => {
        const span = drag.current && !drag.current.moved ? spanAt(event) : undefined;
        if (span !== undefined) onChoose(span === null ? null : spans.ids[span]!);
        drag.current = null;
      }}
      onPointerLeave={() => setHovered(null)}
    >
      <canvas ref={canvas} aria-hidden className="absolute inset-0 size-full" />
      <div className="absolute right-3 bottom-3 z-10 flex gap-1">
        <Button square aria-label="Zoom in" onClick={() => zoomAt(2, 0.5)}>
          +
        </Button>
        <Button square aria-label="Zoom out" onClick={() => zoomAt(0.5, 0.5)}>
          −
        </Button>
        <Button onClick={() => setSeen(null)}>Whole run</Button>
      </div>
      {shown >= 0 && (
        <div className="absolute bottom-3 left-3 z-10 flex max-w-md items-center gap-3 rounded-lg border border-line bg-[var(--raised)] px-3 py-2 shadow-[var(--shadow)]">
          <span data-state={spans.states[spans.state[shown]!]} className="state-fill size-2.5 shrink-0 rounded-full" />
          <Link to="/runs/task-run/$id" params={{ id: spans.ids[shown]! }} className="truncate font-medium hover:underline">
            {spans.names[shown]}
          </Link>
          <span className="numeric whitespace-nowrap text-muted">
            {duration((packed.ends[shown]! - spans.start[shown]!) / 1000)}
            {waited(spans, packed.ends, shown) > 0.05 && ` · ${duration(waited(spans, packed.ends, shown))} of it waiting between tries`}
          </span>
        </div>
      )}
    </div>
  );
}

const rowHeight = (many: number, height: number): number => Math.max(3, Math.min(ROW, (height - AXIS - 8) / many));

/** Seconds of a span in which it was not running: the waits between its tries. */
const waited = (spans: Spans, ends: Float64Array, at: number): number =>
  Number.isNaN(spans.end[at]!) ? 0 : (ends[at]! - spans.start[at]! - spans.runTime[at]!) / 1000;

interface Packed {
  from: number;
  to: number;
  many: number;
  /** The spans of each lane, by start. */
  lanes: number[][];
  ends: Float64Array;
}

function pack(spans: Spans, now: number): Packed {
  const begun = Array.from(spans.start.keys()).filter((at) => !Number.isNaN(spans.start[at]!));
  const ends = Float64Array.from(spans.end, (end, at) => (Number.isNaN(end) ? Math.max(now, spans.start[at]!) : end));
  const { lane, many } = lanes(begun.map((at) => spans.start[at]!), begun.map((at) => ends[at]!));
  const members: number[][] = Array.from({ length: many }, () => []);
  begun.forEach((at, index) => members[lane[index]!]!.push(at));
  for (const each of members) each.sort((left, right) => spans.start[left]! - spans.start[right]!);
  const from = begun.reduce((least, at) => Math.min(least, spans.start[at]!), Infinity);
  const to = begun.reduce((most, at) => Math.max(most, ends[at]!), from + LEAST_MS);
  return { from, to, many, lanes: members, ends };
}

/** The first span of a lane that ends after a moment; spans of a lane do not overlap, so ends are in order too. */
function firstAfter(members: number[], ends: Float64Array, moment: number): number {
  let [low, high] = [0, members.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[members[middle]!]! < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A round step of time, not less than what is asked for. */
function niceStep(least: number): number {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 3e4, 6e4, 12e4, 3e5, 6e5, 18e5, 36e5, 72e5, 216e5, 864e5];
  return steps.find((step) => step >= least) ?? 864e5 * Math.ceil(least / 864e5);
}
