import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { get, post, query } from "../api/client";
import type { LogLine, Page, TaskRun } from "../api/types";
import { Button } from "../components/controls";
import { EmptyState, ErrorState, Loading } from "../components/feedback";
import { Copy, Download } from "../components/icons";
import { complain, say } from "../components/toast";
import { clock, count, day } from "../time/format";
import { useZone } from "../time/zone";
import { LogRow } from "./LogRow";
import { useLogLines } from "./useLogLines";

const LEVELS: [level: number, words: string][] = [
  [0, "All log levels"],
  [20, "Info and above"],
  [30, "Warning and above"],
  [40, "Error and above"],
  [50, "Critical only"],
];

interface Search {
  level?: string | undefined;
  search?: string | undefined;
  line?: string | undefined;
}

interface Props {
  flowRunId: string;
  taskRunId?: string;
  search: Search;
  ended: boolean;
  onChange: (changes: Search) => void;
}

/** The lines of a run: virtual, followed as they are written, searched over the whole log. */
export function LogViewer({ flowRunId, taskRunId, search, ended, onChange }: Props) {
  const zone = useZone();
  const level = Number(search.level ?? 0) || 0;
  const text = search.search ?? "";
  const permalink = search.line === undefined ? null : Number(search.line);
  const [typed, setTyped] = useState(text);
  const [follow, setFollow] = useState(permalink === null);
  const scroller = useRef<HTMLDivElement>(null);
  const { lines, query: read, hasNewer } = useLogLines({ flowRunId, taskRunId, level, search: text, line: permalink }, follow || !ended);
  const names = useTaskRunNames(flowRunId, lines, taskRunId === undefined);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 24,
    overscan: 20,
    getItemKey: (index) => lines[index]!.ordinal,
  });

  useEffect(() => {
    const timer = setTimeout(() => typed !== text && onChange({ search: typed || undefined }), 250);
    return () => clearTimeout(timer);
  }, [typed, text, onChange]);

  useEffect(() => {
    if (follow && lines.length) virtual.scrollToIndex(lines.length - 1, { align: "end" });
  }, [follow, lines.length, virtual]);

  const sought = permalink === null ? -1 : lines.findIndex((line) => line.ordinal >= permalink);
  useEffect(() => {
    if (sought >= 0) virtual.scrollToIndex(sought, { align: "center" });
    // Once, when the line has been read.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [sought >= 0]);

  const { hasPreviousPage, isFetchingPreviousPage, fetchPreviousPage } = read;
  const onScroll = () => {
    const box = scroller.current!;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
    if (atEnd !== follow && lines.length) setFollow(atEnd);
    if (box.scrollTop < 400 && hasPreviousPage && !isFetchingPreviousPage) void fetchPreviousPage();
  };
  const wholeLog = async () => {
    const all: LogLine[] = [];
    for (;;) {
      const part = await get<LogLine[]>(`logs/${flowRunId}${query({ after: all.at(-1)?.ordinal ?? -1, limit: 5000, level, search: text || null, task_run_id: taskRunId, with_subflows: taskRunId === undefined })}`);
      all.push(...part);
      if (part.length < 5000) break;
    }
    return all.map((line) => `${line.timestamp} ${levelName(line.level).padEnd(8)} ${line.message}`).join("\n") + "\n";
  };
  const copy = () => void wholeLog().then((log) => navigator.clipboard.writeText(log)).then(() => say("The log is copied."), complain);
  const download = () =>
    void wholeLog().then((log) => {
      const address = URL.createObjectURL(new Blob([log], { type: "text/plain" }));
      Object.assign(document.createElement("a"), { href: address, download: `${flowRunId}.log` }).click();
      URL.revokeObjectURL(address);
    }, complain);

  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <select aria-label="Log level" className="field" value={level} onChange={(event) => onChange({ level: event.target.value === "0" ? undefined : event.target.value })}>
          {LEVELS.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
        <input data-search type="search" aria-label="Search the log" placeholder="Search the whole log" value={typed} onChange={(event) => setTyped(event.target.value)} className="field w-72" />
        {text && <span className="text-muted">{read.hasPreviousPage ? `${count(lines.length)} lines or more` : `${count(lines.length)} lines`}</span>}
        <label className="ml-auto flex items-center gap-1.5">
          <input type="checkbox" checked={follow} onChange={(event) => setFollow(event.target.checked)} className="accent-[var(--accent)]" />
          Follow
        </label>
        <Button kind="quiet" onClick={copy}>
          <Copy /> Copy logs
        </Button>
        <Button kind="quiet" onClick={download}>
          <Download /> Download
        </Button>
      </div>
      <div className="card relative overflow-hidden">
        {read.isPending && <Loading height={240} />}
        {read.error && <ErrorState error={read.error} retry={() => void read.refetch()} />}
        {read.isSuccess && !lines.length && <EmptyState title={text || level ? "No line matches" : "No log line yet"}>{text || level ? undefined : "Use get_run_logger(), or print with @flow(log_prints=True)."}</EmptyState>}
        <div ref={scroller} onScroll={onScroll} tabIndex={0} role="log" aria-label="Log lines" aria-live="off" className="max-h-[68vh] overflow-auto" hidden={!lines.length}>
          <div className="relative" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((each) => {
              const line = lines[each.index]!;
              const before = lines[each.index - 1];
              const date = day(line.timestamp, zone);
              return (
                <div key={each.key} ref={virtual.measureElement} data-index={each.index} className="absolute inset-x-0" style={{ transform: `translateY(${each.start}px)` }}>
                  {(!before || day(before.timestamp, zone) !== date) && <p className="py-1.5 text-center text-[12px] text-muted">{date}</p>}
                  <LogRow line={line} time={clock(line.timestamp, zone, true)} mark={text} chosen={line.ordinal === permalink} onPermalink={() => onChange({ line: String(line.ordinal) })}>
                    {names && line.task_run_id && (
                      <Link to="/runs/task-run/$id" params={{ id: line.task_run_id }} className="block truncate text-muted hover:underline">
                        {names.get(line.task_run_id) ?? "task run"}
                      </Link>
                    )}
                  </LogRow>
                </div>
              );
            })}
          </div>
        </div>
        {!follow && lines.length > 30 && (
          <Button className="absolute right-4 bottom-3 shadow-[var(--shadow)]" onClick={() => setFollow(true)}>
            {hasNewer ? "New lines ↓" : "To the end ↓"}
          </Button>
        )}
      </div>
    </div>
  );
}

/** The names of the task runs whose lines are shown. */
function useTaskRunNames(flowRunId: string, lines: LogLine[], wanted: boolean): Map<string, string> | null {
  const ids = useMemo(() => [...new Set(lines.map((line) => line.task_run_id).filter((id) => id !== null))].sort().slice(-1000), [lines]);
  const names = useQuery({
    queryKey: ["names", flowRunId, ids],
    queryFn: ({ signal }) => post<Page<TaskRun>>("task_runs/filter", { task_runs: { id: { any_: ids } }, limit: 1000 }, signal),
    enabled: wanted && ids.length > 0,
    staleTime: Infinity,
    placeholderData: (before) => before,
  }).data;
  return useMemo(() => (wanted ? new Map(names?.items.map((run) => [run.id, run.name])) : null), [wanted, names]);
}

export const levelName = (level: number): string => (level >= 50 ? "Critical" : level >= 40 ? "Error" : level >= 30 ? "Warning" : level >= 20 ? "Info" : "Debug");
