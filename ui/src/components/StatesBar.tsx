import type { StateType } from "../api/types";
import { count, plural } from "../time/format";
import { nameOf } from "./state";

const ORDER: StateType[] = [
  "COMPLETED",
  "RUNNING",
  "FAILED",
  "CRASHED",
  "CANCELLING",
  "CANCELLED",
  "PAUSED",
  "PENDING",
  "SCHEDULED",
];

/** The states with a count above zero, in display order. */
export const inOrder = (counts: Partial<Record<StateType, number>>): StateType[] =>
  ORDER.filter((type) => counts[type]);

/** How many runs are in each state, as one thin bar. */
export function StatesBar({
  counts,
  noun = "task run",
}: {
  counts: Partial<Record<StateType, number>>;
  noun?: string;
}) {
  const shown = inOrder(counts);
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

/** A bar as wide as there is room, and below it each state with its count. */
export function StatesSummary({ counts }: { counts: Partial<Record<StateType, number>> }) {
  return (
    <div className="flex flex-col gap-2.5">
      <Bar counts={counts} />
      <ul className="flex flex-wrap gap-x-4 gap-y-1">
        {inOrder(counts).map((type) => (
          <li key={type} data-state={type} className="flex items-center gap-1.5">
            <span className="state-fill size-2 rounded-full" />
            {nameOf(type)} <span className="numeric text-muted">{count(counts[type]!)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The bar alone, as wide as there is room. */
export function Bar({ counts }: { counts: Partial<Record<StateType, number>> }) {
  const words = countWords(counts);
  return (
    <span className="flex h-1.5 w-full overflow-hidden rounded-full" role="img" aria-label={words} title={words}>
      {inOrder(counts).map((type) => (
        <span key={type} data-state={type} className="state-fill min-w-[3px]" style={{ flexGrow: counts[type] }} />
      ))}
    </span>
  );
}

/** `3 completed, 1 failed`. */
export const countWords = (counts: Partial<Record<StateType, number>>): string =>
  inOrder(counts)
    .map((type) => `${count(counts[type]!)} ${nameOf(type).toLowerCase()}`)
    .join(", ");
