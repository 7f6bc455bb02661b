import type { LogLine } from "../api/types";

/** Where a part of a log begins: before a line, read backwards, or behind one. */
export type LogPlace = { before: number } | { after: number };

/**
 * A part of a log as it was asked for. Every line up to `upto` was looked at, whether it is among `lines` or was
 * filtered out.
 */
export interface LogPart {
  lines: LogLine[];
  upto: number;
}

/** `newest` is the last line at the time of the request; `atMost` the number of lines requested. */
export function partOf(lines: LogLine[], place: LogPlace, newest: number, atMost: number): LogPart {
  const last = lines.at(-1)?.ordinal ?? -1;
  if ("after" in place) return { lines, upto: lines.length < atMost ? Math.max(last, newest, place.after) : last };
  return { lines, upto: Math.min(place.before - 1, Math.max(last, newest)) };
}

/** The part before the first one that is there; none where the log's beginning has been reached. */
export function partBefore(first: LogPart, place: LogPlace, atMost: number): LogPlace | undefined {
  const from = first.lines[0]?.ordinal;
  return "before" in place && from !== undefined && first.lines.length >= atMost ? { before: from } : undefined;
}
