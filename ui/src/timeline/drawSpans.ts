import type { Colours } from "../radar/view/colours";
import type { AxisMark } from "./axis";
import { BESIDE, CHOSEN, type Marking, markOf, PLAIN } from "./marking";
import { firstPiece, type Level, levelFor, memberOf } from "./mipmaps";
import type { SpanRow } from "./packing";
import { isSubflow } from "./spans";
import type { TimeWindow } from "./timeWindow";

export const AXIS = 40;

export interface Drawn {
  rows: readonly SpanRow[];
  levels: readonly (readonly Level[])[];
  rowHeight: number;
  view: TimeWindow;
  now: number;
  marks: readonly AxisMark[];
  /** Null: nothing is chosen, and nothing pale. */
  marking: Marking | null;
  colours: Colours;
}

const FAILURES: ReadonlySet<string> = new Set(["FAILED", "CRASHED"]);
const LEAST_FAILED = 3; // pixels
const LEAST_WAIT = 4;
const NAMED_FROM = 13; // pixels of height
const NAME_ROOM = 36;
const LEAST_NAME_ROOM = 44;
/** How much of a span is left beside what is chosen, by its mark. */
const STRENGTH = { [PLAIN]: 0.3, [BESIDE]: 0.65, [CHOSEN]: 1 };
const OUTLINED_FROM = 6; // pixels of height, where many are
const OUTLINE_GAP = 3;

export function drawSpans(context: CanvasRenderingContext2D, width: number, height: number, drawn: Drawn): void {
  const { rows, rowHeight, view, marks, colours } = drawn;
  const scale = width / (view.to - view.from);
  drawAxis(context, width, height, marks, scale, colours);
  context.save();
  context.beginPath();
  context.rect(0, AXIS, width, height - AXIS);
  context.clip();
  const first = Math.max(0, Math.floor(view.top / rowHeight));
  const last = Math.min(rows.length, Math.ceil((view.top + height - AXIS) / rowHeight));
  for (let row = first; row < last; row++)
    drawRow(context, row, AXIS + row * rowHeight - view.top, width, scale, drawn);
  context.restore();
  context.globalAlpha = 1;
}

function drawAxis(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  marks: readonly AxisMark[],
  scale: number,
  colours: Colours,
): void {
  context.textAlign = "left";
  for (const { at, clock, since } of marks) {
    const x = at * scale;
    context.fillStyle = colours.line;
    context.fillRect(x, 8, 1, height);
    if (x > width - 60) continue;
    context.fillStyle = colours.ink;
    context.font = `500 11.5px ${colours.font}`;
    context.fillText(since, x + 5, 17);
    context.fillStyle = colours.muted;
    context.font = `10.5px ${colours.font}`;
    context.fillText(clock, x + 5, 31);
  }
  context.fillStyle = colours.line;
  context.fillRect(0, AXIS - 2, width, 1);
}

function drawRow(
  context: CanvasRenderingContext2D,
  place: number,
  y: number,
  width: number,
  scale: number,
  { rows, levels, rowHeight, view, now, marking, colours }: Drawn,
): void {
  const row = rows[place]!;
  const { spans, depth } = row;
  const level = levelFor(levels[place]!, 1 / scale);
  const offset = spans.origin - view.from;
  const high = Math.max(1, rowHeight - 3);
  if (depth) {
    context.globalAlpha = 0.06 * depth;
    context.fillStyle = colours.accent;
    context.fillRect(0, y, width, rowHeight);
  }
  context.font = `500 11.5px ${colours.font}`;
  const failed: { x: number; strength: number }[] = [];
  const outlines: number[] = [];
  let drawnTo = -Infinity;
  for (let at = firstPiece(level, -offset); at < level.start.length; at++) {
    const x = (level.start[at]! + offset) * scale;
    if (x > width) break;
    const end = level.end[at] === Infinity ? Math.max(now - spans.origin, level.start[at]!) : level.end[at]!;
    const wide = Math.max(1, (end - level.start[at]!) * scale);
    const member = memberOf(row, level, at);
    const [left, right] = [Math.max(-4, x), Math.min(width + 4, x + wide)];
    const mark = marking && markOf(marking.rows[place]!, level, at);
    const strength = mark === null ? 1 : STRENGTH[mark];
    if (member >= 0) {
      const since = (Math.max(spans.created[member]!, at ? level.end[at - 1]! : -Infinity) + offset) * scale;
      if (x - since > LEAST_WAIT) {
        context.globalAlpha = 0.55 * strength;
        context.fillStyle = colours.strong;
        context.fillRect(Math.max(-4, since + 1), y + high / 2, left - Math.max(-4, since + 1), 2);
      }
    }
    context.fillStyle = colours.state[spans.states[level.state[at]!]!]!;
    const tried = member >= 0 && wide > 3 && spans.triesFrom[member + 1]! - spans.triesFrom[member]! > 1;
    if (tried) drawTries(context, row, member, y, high, offset, scale, strength, { now, colours, width });
    else {
      // Where several share a pixel, pale ones on one another would not be pale.
      const from = strength < 1 ? Math.max(left, drawnTo) : left;
      context.globalAlpha = strength;
      if (right > from) bar(context, from, y + 1, right - from, high);
    }
    drawnTo = Math.max(drawnTo, right);
    if (wide < LEAST_FAILED && FAILURES.has(spans.states[level.state[at]!]!)) failed.push({ x, strength });
    if (mark === CHOSEN) surround(outlines, left, right);
    if (member < 0) continue;
    if (isSubflow(spans, member)) {
      context.globalAlpha = strength;
      context.fillStyle = colours.accent;
      context.fillRect(left, y + high - 1, right - left, 2);
    }
    if (rowHeight >= NAMED_FROM && right - left > LEAST_NAME_ROOM) {
      context.globalAlpha = strength;
      context.fillStyle = tried ? colours.ink : colours.surface;
      const name = fitting(context, spans.names[member]!, right - Math.max(0, left) - 12);
      if (name) context.fillText(name, Math.max(0, left) + 6, y + 1 + high / 2 + 4);
    }
  }
  // Short failures lie on what is around them, wide enough to be seen.
  context.fillStyle = colours.state["FAILED"]!;
  for (const { x, strength } of failed) {
    context.globalAlpha = strength;
    context.fillRect(x - (LEAST_FAILED - 1) / 2, y + 1, LEAST_FAILED, high);
  }
  if (rowHeight < OUTLINED_FROM && marking?.only === null) return;
  context.globalAlpha = 1;
  context.strokeStyle = colours.ink;
  context.lineWidth = rowHeight < NAMED_FROM ? 1 : 2;
  context.beginPath();
  for (let at = 0; at < outlines.length; at += 2)
    context.roundRect(outlines[at]!, y + 1, outlines[at + 1]! - outlines[at]!, high, Math.min(3, high / 3));
  context.stroke();
}

/** Outlines as pairs of left and right; what touches has one in common, which else would cover what is narrow. */
function surround(outlines: number[], left: number, right: number): void {
  const before = outlines.at(-1) ?? -Infinity;
  if (left - before <= OUTLINE_GAP) outlines[outlines.length - 1] = Math.max(before, right);
  else outlines.push(left, right);
}

/** The whole span pale, for the time it waited between tries, and each try as it ran: all but the last failed. */
function drawTries(
  context: CanvasRenderingContext2D,
  { spans }: SpanRow,
  at: number,
  y: number,
  high: number,
  offset: number,
  scale: number,
  strength: number,
  { now, colours, width }: { now: number; colours: Colours; width: number },
): void {
  const [from, until] = [spans.triesFrom[at]!, spans.triesFrom[at + 1]!];
  const place = (moment: number) => Math.max(-4, Math.min(width + 4, (moment + offset) * scale));
  const end = Number.isNaN(spans.end[at]) ? now - spans.origin : spans.end[at]!;
  context.globalAlpha = 0.22 * strength;
  bar(context, place(spans.start[at]!), y + 1, place(end) - place(spans.start[at]!), high);
  context.globalAlpha = strength;
  for (let each = from; each < until; each++) {
    const last = each === until - 1;
    const stopped = Number.isNaN(spans.tryEnd[each]) ? end : spans.tryEnd[each]!;
    context.fillStyle = last ? colours.state[spans.states[spans.state[at]!]!]! : colours.state["FAILED"]!;
    bar(
      context,
      place(spans.tryStart[each]!),
      y + 1,
      Math.max(1.5, place(stopped) - place(spans.tryStart[each]!)),
      high,
    );
  }
}

function bar(context: CanvasRenderingContext2D, x: number, y: number, wide: number, high: number): void {
  if (wide < 5 || high < 6) {
    context.fillRect(x, y, wide, high);
    return;
  }
  context.beginPath();
  context.roundRect(x, y, wide, high, 3);
  context.fill();
}

/** The name, shortened to the room; nothing where too little fits. */
function fitting(context: CanvasRenderingContext2D, name: string, room: number): string {
  if (room < NAME_ROOM) return "";
  if (context.measureText(name).width <= room) return name;
  const letters = Math.floor((name.length * room) / context.measureText(name).width) - 1;
  return letters < 3 ? "" : `${name.slice(0, letters)}…`;
}
