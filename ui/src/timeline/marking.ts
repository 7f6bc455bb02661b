/**
 * Which spans are chosen. Worked out once for each choice, so that a frame asks nothing but a few numbers: by span a
 * mark, and along each row how many marked ones come before a place, from which a piece of any level knows whether it
 * has some.
 */
import { aimOf, type Entry } from "../radar/model/selection";
import type { Level } from "./mipmaps";
import type { SpanRow } from "./packing";
import type { Spans } from "./spans";

/** Not chosen; not, but of the same node as one that is; chosen. */
export const [PLAIN, BESIDE, CHOSEN] = [0, 1, 2] as const;
export type SpanMark = typeof PLAIN | typeof BESIDE | typeof CHOSEN;

/** By place in the row: how many before it are marked. */
interface RowMarks {
  chosen: Uint32Array;
  beside: Uint32Array;
}

/**
 * `extent`: from the first start to the last end, in milliseconds since the epoch; the end is infinite where something
 * still runs.
 */
export interface Marking {
  rows: readonly (RowMarks | null)[];
  many: number;
  /** Where there is exactly one. */
  only: { row: SpanRow; at: number } | null;
  extent: { from: number; to: number };
  /** The row of the first one. */
  firstRow: number;
}

/** Null: nothing that is shown is chosen. */
export function markingOf(rows: readonly SpanRow[], entries: readonly Entry[]): Marking | null {
  if (!entries.length) return null;
  const marks = new Map<Spans, Uint8Array | null>();
  const found: Marking & { rows: (RowMarks | null)[] } = {
    rows: [],
    many: 0,
    only: null,
    extent: { from: Infinity, to: -Infinity },
    firstRow: -1,
  };
  rows.forEach((row, place) => {
    const { spans, members } = row;
    if (!marks.has(spans)) marks.set(spans, marksOf(spans, entries));
    const own = marks.get(spans);
    found.rows.push(own ? along(members, own) : null);
    if (!own) return;
    for (const at of members) {
      if (own[at] !== CHOSEN) continue;
      found.only = found.many++ ? null : { row, at };
      if (found.firstRow < 0) found.firstRow = place;
      found.extent.from = Math.min(found.extent.from, spans.origin + spans.start[at]!);
      found.extent.to = Math.max(
        found.extent.to,
        Number.isNaN(spans.end[at]) ? Infinity : spans.origin + spans.end[at]!,
      );
    }
  });
  return found.many ? found : null;
}

/** By span its mark; null: none has one. */
export function marksOf({ count, ids, group, groups }: Spans, entries: readonly Entry[]): Uint8Array | null {
  const placeOf = new Map(groups.map((id, at) => [id, at + 1]));
  const byGroup = new Uint8Array(groups.length + 1);
  const wanted = new Set<string>();
  for (const { id, isOne } of entries.map(aimOf)) {
    const place = isOne ? undefined : placeOf.get(id);
    if (place === undefined) wanted.add(id);
    else byGroup[place] = CHOSEN;
  }
  const marks = new Uint8Array(count);
  let any = byGroup.includes(CHOSEN);
  for (let at = 0; wanted.size > 0 && at < count; at++) {
    if (!wanted.has(ids[at]!)) continue;
    any = true;
    marks[at] = CHOSEN;
    byGroup[group[at]!] ||= BESIDE;
  }
  byGroup[0] = PLAIN; // a node of its own has no siblings
  if (byGroup.some(Boolean)) for (let at = 0; at < count; at++) marks[at] ||= byGroup[group[at]!]!;
  return any ? marks : null;
}

function along(members: Int32Array, marks: Uint8Array): RowMarks {
  const [chosen, beside] = [new Uint32Array(members.length + 1), new Uint32Array(members.length + 1)];
  members.forEach((span, at) => {
    chosen[at + 1] = chosen[at]! + Number(marks[span] === CHOSEN);
    beside[at + 1] = beside[at]! + Number(marks[span] === BESIDE);
  });
  return { chosen, beside };
}

/** A piece has the mark of the most marked of its spans. */
export function markOf(marks: RowMarks | null, { first }: Level, piece: number): SpanMark {
  if (!marks) return PLAIN;
  const [from, to] = [first[piece]!, first[piece + 1]!];
  if (marks.chosen[to]! > marks.chosen[from]!) return CHOSEN;
  return marks.beside[to]! > marks.beside[from]! ? BESIDE : PLAIN;
}

/** Whether the span at a place of a row is. */
export function isChosen(marking: Marking | null, row: number, place: number): boolean {
  const chosen = marking?.rows[row]?.chosen;
  return chosen !== undefined && chosen[place + 1]! > chosen[place]!;
}
