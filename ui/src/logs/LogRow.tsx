import { memo, type ReactNode, useState } from "react";
import type { LogLine } from "../api/types";
import { classes } from "../components/classes";
import { count } from "../time/format";
import { notifyError } from "../components/toast";
import { levelOf } from "./levels";
import { LogText } from "./LogText";
import { saveAsFile, wholeLine } from "./wholeLog";

/** Longer than this, a line is for an editor: a browser would stand still over it. */
const LONGEST_SHOWN_WHOLE = 500_000;

interface Props {
  line: LogLine;
  time: string;
  mark: string;
  chosen: boolean;
  onPermalink: () => void;
  children: ReactNode;
}

export const LogRow = memo(function LogRow({ line, time, mark, chosen, onPermalink, children }: Props) {
  const [whole, setWhole] = useState<string | null>(null);
  const { look, name } = levelOf(line.level);
  const length = line.whole_length;
  const isHuge = length !== null && length > LONGEST_SHOWN_WHOLE;
  const readOn = () =>
    void wholeLine(line).then(
      (message) => (isHuge ? saveAsFile([message], `line-${line.ordinal}.log`) : setWhole(message)),
      notifyError,
    );
  return (
    <div
      data-state={look}
      className={classes(
        "grid grid-cols-[16px_96px_minmax(0,1fr)] items-start gap-2 px-2 sm:px-3",
        "md:grid-cols-[68px_100px_minmax(0,1fr)_150px] py-[2px] hover:bg-[var(--hover)]",
        chosen ? "bg-accent-soft" : "",
      )}
    >
      <span title={name} className="state-ink overflow-hidden text-[12px] font-medium whitespace-nowrap">
        <span className="max-md:sr-only">{name}</span>
        <span aria-hidden className="md:hidden">
          {name[0]}
        </span>
      </span>
      <button
        type="button"
        title="Link to this line"
        onClick={onPermalink}
        className="numeric text-left text-muted hover:underline"
      >
        {time}
      </button>
      <span
        dir="auto"
        className={classes(
          "font-mono text-[12.5px] leading-[1.55] break-words whitespace-pre-wrap",
          line.level >= 40 ? "state-ink" : "",
        )}
      >
        <LogText text={whole ?? line.message} mark={mark} />
        {length !== null && whole === null && (
          <button type="button" onClick={readOn} className="link ml-1">
            … {isHuge ? "download" : "show"} all {count(length)} characters
          </button>
        )}
      </span>
      <span className="hidden min-w-0 text-[12px] md:block">{children}</span>
    </div>
  );
});
