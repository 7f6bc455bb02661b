import { useQuery } from "@tanstack/react-query";
import { type PointerEvent, useRef, useState } from "react";
import * as queries from "../../api/queries";
import type { Criteria, HistoryBucket } from "../../api/types";
import { classes } from "../../components/classes";
import { Card } from "../../components/controls";
import { Read } from "../../components/feedback";
import { lookOf, type StateLook } from "../../components/state";
import type { Range } from "../../filters/criteria";
import { count, moment, plural, tick } from "../../time/format";
import { useMinute } from "../../time/now";
import { useZone } from "../../time/zone";

const BUCKETS = 60;
const HEIGHT = 168;
const STACK: StateLook[] = [
  "COMPLETED",
  "RUNNING",
  "PENDING",
  "PAUSED",
  "CANCELLING",
  "CANCELLED",
  "FAILED",
  "CRASHED",
  "LATE",
  "SCHEDULED",
];

/** Runs by time and state, what is scheduled included. A drag over it selects a time. */
export function History({
  criteria,
  range,
  onSelect,
}: {
  criteria: Criteria;
  range: Range;
  onSelect: (start: Date, end: Date) => void;
}) {
  const seconds = Math.max(1, Math.ceil((range.end.getTime() - range.start.getTime()) / 1000 / BUCKETS));
  const history = useQuery(
    queries.flowRunHistory(criteria, range.start.toISOString(), range.end.toISOString(), seconds),
  );
  return (
    <Card title="Run history" className="flex flex-col">
      <Read query={history} height={HEIGHT + 28}>
        {(buckets) => <Bars buckets={buckets} onSelect={onSelect} />}
      </Read>
    </Card>
  );
}

function Bars({ buckets, onSelect }: { buckets: HistoryBucket[]; onSelect: (start: Date, end: Date) => void }) {
  const zone = useZone();
  const now = useMinute();
  const chart = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<[number, number] | null>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const totals = buckets.map((bucket) => bucket.states.reduce((sum, state) => sum + state.count_runs, 0));
  const highest = Math.max(1, ...totals);
  const start = new Date(buckets[0]?.interval_start ?? now).getTime();
  const end = new Date(buckets.at(-1)?.interval_end ?? now).getTime();
  const total = totals.reduce((sum, many) => sum + many, 0);
  const bucketAt = (event: PointerEvent) => {
    const box = chart.current!.getBoundingClientRect();
    return Math.max(
      0,
      Math.min(buckets.length - 1, Math.floor(((event.clientX - box.left) / box.width) * buckets.length)),
    );
  };
  const release = () => {
    if (drag && drag[0] !== drag[1]) {
      const [from, to] = [Math.min(...drag), Math.max(...drag)];
      onSelect(new Date(buckets[from]!.interval_start), new Date(buckets[to]!.interval_end));
    }
    setDrag(null);
  };
  const shown = hovered === null ? null : buckets[hovered];
  return (
    <div className="relative px-4 pb-3">
      <div
        ref={chart}
        role="img"
        aria-label={`${plural(total, "run")} from ${moment(new Date(start), zone)} to ${moment(new Date(end), zone)}`}
        className="relative flex cursor-crosshair touch-pan-y items-end gap-[3px] border-b border-line select-none"
        style={{ height: HEIGHT }}
        onPointerDown={(event) => {
          chart.current!.setPointerCapture(event.pointerId);
          setDrag([bucketAt(event), bucketAt(event)]);
        }}
        onPointerMove={(event) => {
          setHovered(bucketAt(event));
          if (drag) setDrag([drag[0], bucketAt(event)]);
        }}
        onPointerUp={release}
        onPointerCancel={() => setDrag(null)}
        onPointerLeave={() => setHovered(null)}
      >
        {buckets.map((bucket, at) => {
          const chosen = drag !== null && at >= Math.min(...drag) && at <= Math.max(...drag);
          return (
            <div
              key={bucket.interval_start}
              className={classes(
                "flex h-full min-w-0 flex-1 flex-col-reverse rounded-t-[3px]",
                chosen ? "bg-accent-soft" : hovered === at ? "bg-[var(--hover)]" : "",
              )}
            >
              {stacked(bucket).map(([look, many]) => (
                <div
                  key={look}
                  data-state={look}
                  className="state-fill first:rounded-b-[1px] last:rounded-t-[3px]"
                  style={{ height: `${(many / highest) * 100}%`, minHeight: 2 }}
                />
              ))}
            </div>
          );
        })}
        {now > start && now < end && (
          <div
            aria-hidden
            className="pointer-events-none absolute inset-y-0 w-px bg-accent"
            style={{ left: `${((now - start) / (end - start)) * 100}%` }}
          />
        )}
      </div>
      <div className="numeric mt-1 flex justify-between text-[11px] text-muted" aria-hidden>
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <span key={part}>{tick(start + part * (end - start), zone, end - start)}</span>
        ))}
      </div>
      {shown && totals[hovered!]! > 0 && (
        <div
          className={classes(
            "pointer-events-none absolute top-0 z-20 w-52 rounded-lg border border-line bg-[var(--raised)] px-3",
            "py-2 shadow-[var(--shadow)]",
          )}
          style={
            hovered! < buckets.length / 2
              ? { left: `${((hovered! + 2) / buckets.length) * 100}%` }
              : { right: `${((buckets.length - hovered! + 1) / buckets.length) * 100}%` }
          }
        >
          <p className="numeric mb-1 text-[11px] text-muted">{moment(shown.interval_start, zone)}</p>
          {stacked(shown).map(([look, many]) => (
            <p key={look} data-state={look} className="flex items-center gap-2">
              <span className="state-fill size-2 rounded-full" />
              {look[0] + look.slice(1).toLowerCase()}
              <span className="ml-auto tabular-nums">{count(many)}</span>
            </p>
          ))}
        </div>
      )}
    </div>
  );
}

function stacked(bucket: HistoryBucket): [StateLook, number][] {
  const by = new Map<StateLook, number>();
  for (const state of bucket.states) {
    const look = lookOf(state.state_type, state.state_name);
    by.set(look, (by.get(look) ?? 0) + state.count_runs);
  }
  return STACK.filter((look) => by.has(look)).map((look) => [look, by.get(look)!]);
}
