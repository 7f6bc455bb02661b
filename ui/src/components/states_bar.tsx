import type { StateType } from "../api/types";
import { count, plural } from "../time/format";
import { nameOf } from "./state";

const ORDER: StateType[] = ["COMPLETED", "RUNNING", "FAILED", "CRASHED", "CANCELLING", "CANCELLED", "PAUSED", "PENDING", "SCHEDULED"];

/** How many runs are in each state, as one thin bar. */
export function StatesBar({ counts, noun = "task run" }: { counts: Partial<Record<StateType, number>>; noun?: string }) {
  const shown = ORDER.filter((type) => counts[type]);
  const total = shown.reduce((sum, type) => sum + counts[type]!, 0);
  if (!total) return <span className="text-[12px] text-muted">no {noun}s</span>;
  return (
    <span className="flex items-center gap-2">
      <span className="w-20">
        <Bar counts={counts} />
      </span>
      <span className="text-[12px] whitespace-nowrap text-muted">{plural(total, noun)}</span>
    </span>
  );
}

/** The bar alone, as wide as there is room. */
export function Bar({ counts }: { counts: Partial<Record<StateType, number>> }) {
  const words = countWords(counts);
  return (
    <span className="flex h-1.5 w-full overflow-hidden rounded-full" role="img" aria-label={words} title={words}>
      {ORDER.filter((type) => counts[type]).map((type) => (
        <span key={type} data-state={type} className="state-fill min-w-[3px]" style={{ flexGrow: counts[type] }} />
      ))}
    </span>
  );
}

/** `3 completed, 1 failed`. */
export const countWords = (counts: Partial<Record<StateType, number>>): string =>
  ORDER.filter((type) => counts[type]).map((type) => `${count(counts[type]!)} ${nameOf(type).toLowerCase()}`).join(", ");
