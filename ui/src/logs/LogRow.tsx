import { memo, type ReactNode, useState } from "react";
import type { LogLine } from "../api/types";
import { count } from "../time/format";
import { levelOf } from "./levels";
import { LogText } from "./LogText";

const LONGEST = 20_000;
interface Props {
  line: LogLine;
  time: string;
  mark: string;
  chosen: boolean;
  onPermalink: () => void;
  children: ReactNode;
}

export const LogRow = memo(function LogRow({ line, time, mark, chosen, onPermalink, children }: Props) {
  const [whole, setWhole] = useState(false);
  const { look, name } = levelOf(line.level);
  const cut = line.message.length > LONGEST && !whole;
  return (
    <div data-state={look} className={`grid grid-cols-[68px_100px_minmax(0,1fr)_150px] items-start gap-2 px-3 py-[2px] hover:bg-[var(--hover)] ${chosen ? "bg-accent-soft" : ""}`}>
      <span className="state-ink text-[12px] font-medium">{name}</span>
      <button type="button" title="Link to this line" onClick={onPermalink} className="numeric text-left text-muted hover:underline">
        {time}
      </button>
      <span dir="auto" className={`font-mono text-[12.5px] leading-[1.55] break-words whitespace-pre-wrap ${line.level >= 40 ? "state-ink" : ""}`}>
        <LogText text={cut ? line.message.slice(0, LONGEST) : line.message} mark={mark} />
        {cut && (
          <button type="button" onClick={() => setWhole(true)} className="link ml-1">
            … show all {count(line.message.length)} characters
          </button>
        )}
      </span>
      <span className="min-w-0 text-[12px]">{children}</span>
    </div>
  );
});
