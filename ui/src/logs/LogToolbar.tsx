import { useEffect, useRef, useState } from "react";
import { Button } from "../components/controls";
import { Copy, Download } from "../components/icons";
import { LEAST_LEVELS } from "./levels";

interface Props {
  level: number;
  text: string;
  follow: boolean;
  busy: boolean;
  /** How many lines match, where they are counted. */
  found: string | null;
  onLevel: (level: number) => void;
  onText: (text: string) => void;
  onFollow: (follow: boolean) => void;
  onStart: () => void;
  onCopy: () => void;
  onDownload: () => void;
}

/** What of a log is seen, and what can be done with it. */
export function LogToolbar({
  level,
  text,
  follow,
  busy,
  found,
  onLevel,
  onText,
  onFollow,
  onStart,
  onCopy,
  onDownload,
}: Props) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <select
        aria-label="Log level"
        className="field"
        value={level}
        onChange={(event) => onLevel(Number(event.target.value))}
      >
        {LEAST_LEVELS.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      <SearchField text={text} onText={onText} />
      {found && <span className="text-muted">{found}</span>}
      <label className="ml-auto flex items-center gap-1.5">
        <input
          type="checkbox"
          checked={follow}
          onChange={(event) => onFollow(event.target.checked)}
          className="accent-[var(--accent)]"
        />
        Follow
      </label>
      <Button kind="quiet" onClick={onStart}>
        First line
      </Button>
      <Button kind="quiet" disabled={busy} onClick={onCopy}>
        <Copy /> Copy logs
      </Button>
      <Button kind="quiet" disabled={busy} onClick={onDownload}>
        <Download /> Download
      </Button>
    </div>
  );
}

const TYPING_MS = 150;

/** Asks when nothing has been typed for a moment. */
function SearchField({ text, onText }: { text: string; onText: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (document.activeElement !== field.current) setTyped(text);
  }, [text]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (now: string) => {
    setTyped(now);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onText(now), TYPING_MS);
  };
  return (
    <input
      ref={field}
      data-search
      type="search"
      aria-label="Search the log"
      placeholder="Search the whole log"
      value={typed}
      onChange={(event) => type(event.target.value)}
      className="field w-72"
    />
  );
}
