import { useState } from "react";
import { Button } from "../components/controls";
import { EmptyState, ErrorState, Loading } from "../components/feedback";
import { copy } from "../components/clipboard";
import { notifyError } from "../components/toast";
import { usePageActions } from "../shell/pageActions";
import { count, plural } from "../time/format";
import { LogLines } from "./LogLines";
import { LogToolbar } from "./LogToolbar";
import { useLogLines } from "./useLogLines";
import { saveAsFile, wholeLog } from "./wholeLog";

interface Search {
  level?: string | undefined;
  search?: string | undefined;
  line?: string | undefined;
}

interface Props {
  flowRunId: string;
  taskRunId?: string;
  /** What of the view stands in the URL. */
  search: Search;
  ended: boolean;
  onChange: (changes: Search) => void;
}

/** The lines of a run: virtual, followed as they are written, searched over the whole log. */
export function LogViewer({ flowRunId, taskRunId, search, ended, onChange }: Props) {
  const level = Number(search.level ?? 0) || 0;
  const text = search.search ?? "";
  const sought = search.line === undefined ? null : Number(search.line) || 0;
  const [follow, setFollow] = useState(sought === null);
  const [busy, setBusy] = useState(false);
  const wanted = { flowRunId, taskRunId, level, search: text, line: sought };
  const { lines, read, hasNewer } = useLogLines(wanted, follow);

  const goToEnd = () => {
    setFollow(true);
    if (sought !== null) onChange({ line: undefined });
  };
  const goToLine = (ordinal: number) => {
    setFollow(false);
    onChange({ line: String(ordinal) });
  };
  const onNear = (end: "first" | "last") => {
    if (read.isFetching) return;
    if (end === "first" && read.hasPreviousPage) void read.fetchPreviousPage();
    if (end === "last" && hasNewer) void read.fetchNextPage();
  };
  const withWholeLog = (use: (parts: string[]) => unknown) => {
    setBusy(true);
    void wholeLog(wanted)
      .then(use)
      .catch(notifyError)
      .finally(() => setBusy(false));
  };

  const copyAll = () => withWholeLog((parts) => copy(parts.join(""), "Log copied."));
  const download = () => withWholeLog((parts) => saveAsFile(parts, `${taskRunId ?? flowRunId}.log`));
  usePageActions([
    { label: "Go to the end of the log", run: goToEnd },
    { label: "Go to the first line of the log", run: () => goToLine(0) },
    { label: "Copy the log", run: copyAll },
    { label: "Download the log", run: download },
  ]);

  const isNarrowed = text !== "" || level > 0;
  return (
    <div className="flex flex-col gap-3">
      <LogToolbar
        level={level}
        text={text}
        follow={follow}
        busy={busy}
        found={
          isNarrowed && read.isSuccess
            ? read.hasPreviousPage
              ? `${count(lines.length)} lines or more`
              : plural(lines.length, "line")
            : null
        }
        onLevel={(least) => onChange({ level: least ? String(least) : undefined })}
        onText={(typed) => onChange({ search: typed || undefined })}
        onFollow={(wish) => (wish ? goToEnd() : setFollow(false))}
        onStart={() => goToLine(0)}
        onCopy={copyAll}
        onDownload={download}
      />
      <div className="card relative min-h-24 overflow-hidden">
        {read.isPending && <Loading height={240} />}
        {read.error && <ErrorState error={read.error} retry={() => void read.refetch()} />}
        {read.isSuccess && !lines.length && <NoLines isNarrowed={isNarrowed} ended={ended} />}
        {lines.length > 0 && (
          <LogLines
            lines={lines}
            ofMany={taskRunId === undefined ? flowRunId : null}
            mark={text}
            sought={sought}
            follow={follow}
            onFollow={setFollow}
            onPermalink={goToLine}
            onNear={onNear}
          />
        )}
        {!follow && lines.length > 30 && (
          <Button className="absolute right-5 bottom-3 shadow-[var(--shadow)]" onClick={goToEnd}>
            {hasNewer ? "New lines ↓" : "Go to the end ↓"}
          </Button>
        )}
      </div>
    </div>
  );
}

function NoLines({ isNarrowed, ended }: { isNarrowed: boolean; ended: boolean }) {
  if (isNarrowed) return <EmptyState title="No line matches" />;
  return (
    <EmptyState title={ended ? "No log output" : "No log line yet"}>
      Use get_run_logger(), or print with @flow(log_prints=True).
    </EmptyState>
  );
}
