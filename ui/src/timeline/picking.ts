import { AXIS } from "./drawSpans";
import { firstAfter, type SpanRow } from "./packing";
import type { TimeWindow } from "./timeWindow";

/** A span as the pointer finds it. */
export interface Picked {
  row: SpanRow;
  at: number;
}

const SLACK_PIXELS = 3;

/** The span at a point of the picture, or the next one within a few pixels; null: there is none. */
export function spanAt(
  rows: readonly SpanRow[],
  rowHeight: number,
  view: TimeWindow,
  width: number,
  x: number,
  y: number,
): Picked | null {
  if (y < AXIS) return null;
  const row = rows[Math.floor((y - AXIS + view.top) / rowHeight)];
  if (!row) return null;
  const perPixel = (view.to - view.from) / width;
  const [moment, slack] = [view.from + x * perPixel, SLACK_PIXELS * perPixel];
  const at = row.members[firstAfter(row, moment - slack - row.spans.origin)];
  return at !== undefined && row.spans.origin + row.spans.start[at]! - slack <= moment ? { row, at } : null;
}
