import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef } from "react";
import type { LogLine } from "../api/types";
import { clock, day } from "../time/format";
import { useZone } from "../time/zone";
import { LogRow } from "./LogRow";

const LINE_HEIGHT = 23;
const READ_AHEAD_PX = 4_000;

interface Props {
  lines: LogLine[];
  /** The flow run whose task runs and subflow runs logged them; null where all lines are of one task run. */
  ofMany: string | null;
  mark: string;
  /** The line a link leads to. */
  sought: number | null;
  follow: boolean;
  onFollow: (follow: boolean) => void;
  onPermalink: (ordinal: number) => void;
  /** The reader comes near the first or the last line that was read. */
  onNear: (end: "first" | "last") => void;
}

/** The lines themselves: only those in sight are in the document. Lines that come above move nothing that is read. */
export function LogLines({ lines, ofMany, mark, sought, follow, onFollow, onPermalink, onNear }: Props) {
  const zone = useZone();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 20,
    getItemKey: (index) => lines[index]!.ordinal,
  });
  const place = useRef({ top: 0, ordinal: -1, within: 0 });

  const first = lines[0]?.ordinal;
  useLayoutEffect(() => {
    const { ordinal, within } = place.current;
    const at = lines.findIndex((line) => line.ordinal === ordinal);
    const start = virtual.measurementsCache[at]?.start;
    if (!follow && start !== undefined && scroller.current) scroller.current.scrollTop = start + within;
    // Only lines that came above the first one move what is in sight.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [first]);

  useEffect(() => {
    if (follow && lines.length) virtual.scrollToIndex(lines.length - 1, { align: "end" });
  }, [follow, lines.length, virtual]);

  const soughtAt = sought === null ? -1 : lines.findIndex((line) => line.ordinal >= sought);
  useEffect(() => {
    if (soughtAt >= 0) virtual.scrollToIndex(soughtAt, { align: "center" });
    // Once for each line that is sought, when it has been read.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [sought, soughtAt >= 0]);

  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = scroller.current!;
    const below = scrollHeight - scrollTop - clientHeight;
    const goesUp = scrollTop < place.current.top - 1;
    const topmost = virtual.getVirtualItemForOffset(scrollTop);
    if (topmost)
      place.current = { top: scrollTop, ordinal: lines[topmost.index]!.ordinal, within: scrollTop - topmost.start };
    if (follow && goesUp && below > 40) onFollow(false);
    if (scrollTop < READ_AHEAD_PX) onNear("first");
    if (below < READ_AHEAD_PX) onNear("last");
  };

  return (
    <div
      ref={scroller}
      onScroll={onScroll}
      tabIndex={0}
      role="log"
      aria-label="Log lines"
      aria-live="off"
      className="max-h-[68vh] overflow-auto [overflow-anchor:none]"
    >
      <div className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((each) => {
          const line = lines[each.index]!;
          const before = lines[each.index - 1];
          const date = day(line.timestamp, zone);
          return (
            <div
              key={each.key}
              ref={virtual.measureElement}
              data-index={each.index}
              className="absolute inset-x-0"
              style={{ transform: `translateY(${each.start}px)` }}
            >
              {(!before || day(before.timestamp, zone) !== date) && (
                <p className="py-1.5 text-center text-[12px] text-muted">{date}</p>
              )}
              <LogRow
                line={line}
                time={clock(line.timestamp, zone, true)}
                mark={mark}
                chosen={line.ordinal === sought}
                onPermalink={() => onPermalink(line.ordinal)}
              >
                {ofMany !== null && <RunName line={line} flowRunId={ofMany} />}
              </LogRow>
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Which task run or subflow run a line is of; none for the run's own. */
function RunName({ line, flowRunId }: { line: LogLine; flowRunId: string }) {
  const id = line.task_run_id ?? line.flow_run_id;
  if (id === flowRunId) return null;
  const name = line.run_name ?? id.slice(0, 8); // one that was deleted meanwhile has none
  return (
    <Link
      to={line.task_run_id ? "/runs/task-run/$id" : "/runs/flow-run/$id"}
      params={{ id }}
      title={name}
      className="block truncate text-muted hover:underline"
    >
      {name}
    </Link>
  );
}
