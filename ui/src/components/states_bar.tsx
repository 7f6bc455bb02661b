import type { StateType } from "../api/types";
import { plural } from "../time/format";
import { nameOf } from "./state";

const ORDER: StateType[] = ["COMPLETED", "RUNNING", "FAILED", "CRASHED", "CANCELLING", "CANCELLED", "PAUSED", "PENDING", "SCHEDULED"];

/** How many runs are in each state, as one thin bar. */
export function StatesBar({ counts, noun = "task run" }: { counts: Partial<Record<StateType, number>>; noun?: string }) {
  const shown = ORDER.filter((type) => counts[type]);
  const total = shown.reduce((sum, type) => sum + counts[type]!, 0);
  if (!total) return <span className="text-[12px] text-muted">no {noun}s</span>;
  const words = shown.map((type) => `${counts[type]!.toLocaleString("en")} ${nameOf(type).toLowerCase()}`).join(", ");
  return (
    <span className="flex items-center gap-2" title={words}>
      <span className="flex h-1.5 w-20 overflow-hidden rounded-full" role="img" aria-label={words}>
        {shown.map((type) => (
          <span key={type} data-state={type} className="state-fill min-w-[3px]" style={{ flexGrow: counts[type] }} />
        ))}
      </span>
      <span className="text-[12px] whitespace-nowrap text-muted">{plural(total, noun)}</span>
    </span>
  );
}
