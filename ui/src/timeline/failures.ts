import type { Entry } from "../radar/model/selection";
import { isChosen, type Marking } from "./marking";
import { entryOf, type SpanRow } from "./packing";

const FAILED: ReadonlySet<string> = new Set(["FAILED", "CRASHED"]);

/**
 * The failed task run that started first after one that is chosen, of a chosen group its first, or else the first of
 * all; null: none failed.
 */
export function failureAfter(rows: readonly SpanRow[], marking: Marking | null): Entry | null {
  const failures = rows.flatMap((row, place) =>
    Array.from(row.members.keys()).flatMap((at) => {
      const span = row.members[at]!;
      return FAILED.has(row.spans.states[row.spans.state[span]!]!)
        ? [{ row, span, start: row.spans.origin + row.spans.start[span]!, chosen: isChosen(marking, place, at) }]
        : [];
    }),
  );
  failures.sort((left, right) => left.start - right.start);
  const last = failures.findLastIndex(({ chosen }) => chosen);
  const first = failures.findIndex(({ chosen }) => chosen);
  const next = failures[marking && marking.many > 1 && first >= 0 ? first : last + 1] ?? failures[0];
  return next ? entryOf(next.row, next.span) : null;
}
