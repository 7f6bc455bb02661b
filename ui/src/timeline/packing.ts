/**
 * Puts spans into rows: as few as ran at once, and below a subflow that is opened the rows of what ran in it.
 *
 * A span that has not ended keeps its row to itself, so rows need not be packed again while time passes.
 */
import type { Entry } from "../radar/model/selection";
import { lanes } from "./lanes";
import { groupOf, type Spans } from "./spans";

/**
 * A run's spans in rows. Rows of opened subflows come right below their own; `above` is the way to the subflow that
 * they are in.
 */
export interface SpanRow {
  spans: Spans;
  /** Places in `spans`, by start; they do not overlap. */
  members: Int32Array;
  depth: number;
  above: Entry;
}

/** The way to a span: by the subflow that it ran in, and by the node that stands for it and others. */
export function entryOf({ spans, above }: Pick<SpanRow, "spans" | "above">, at: number): Entry {
  const group = groupOf(spans, at);
  return [...above, ...(group === null ? [] : [group]), spans.ids[at]!];
}

/** The first start and the last end of all rows, in milliseconds since the epoch; NaN where nothing has started. */
export interface PackedRows {
  rows: SpanRow[];
  from: number;
  /** Of what has ended, or at least has begun. */
  to: number;
}

const WHOLE_LANES = 400;

/** `opened`: the spans of subflow runs, by the id of the task run that stands for each. */
export function packRows(spans: Spans, opened: ReadonlyMap<string, Spans>): PackedRows {
  const found: PackedRows = { rows: rowsOf(spans, opened, [], []), from: Number.NaN, to: Number.NaN };
  for (const { spans: own, members } of found.rows) {
    for (const at of members) {
      const [start, end] = [
        own.origin + own.start[at]!,
        own.origin + (Number.isNaN(own.end[at]) ? own.start[at]! : own.end[at]!),
      ];
      if (!(found.from <= start)) found.from = start;
      if (!(found.to >= end)) found.to = end;
    }
  }
  return found;
}

/** `above`: the way to the subflow, and `around` the spans of the runs that it is in. */
function rowsOf(spans: Spans, opened: ReadonlyMap<string, Spans>, above: Entry, around: readonly Spans[]): SpanRow[] {
  const begun: number[] = [];
  for (let at = 0; at < spans.count; at++) if (!Number.isNaN(spans.start[at])) begun.push(at);
  const ends = begun.map((at) => (Number.isNaN(spans.end[at]) ? Infinity : spans.end[at]!));
  const { lane, many } = lanes(
    begun.map((at) => spans.start[at]!),
    ends,
  );
  const members: number[][] = Array.from({ length: many }, () => []);
  begun.forEach((at, index) => members[lane[index]!]!.push(at));
  return members.flatMap((row): SpanRow[] => {
    row.sort((left, right) => spans.start[left]! - spans.start[right]!);
    const own: SpanRow = { spans, members: Int32Array.from(row), depth: around.length, above };
    if (!opened.size || many > WHOLE_LANES) return [own];
    const below = row.flatMap((at) => {
      const inside = opened.get(spans.ids[at]!);
      return inside && inside !== spans && !around.includes(inside)
        ? rowsOf(inside, opened, entryOf(own, at), [...around, spans])
        : [];
    });
    return [own, ...below];
  });
}

/** The first member of a row that ends after a moment (milliseconds since the row's origin). */
export function firstAfter({ spans, members }: SpanRow, moment: number): number {
  let [low, high] = [0, members.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans.end[members[middle]!]! < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}
