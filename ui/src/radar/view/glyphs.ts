import type { StateLook } from "../../components/state";

/** The states' marks for a canvas, on the same 16 × 16 grid as the icons of the pages and of the same shapes. */
const DRAWN: Record<StateLook, string> = {
  COMPLETED: "m3.5 8.4 3 3L12.5 5",
  FAILED: "m4.5 4.5 7 7M11.5 4.5l-7 7",
  CRASHED: "M9 1.5 4 9h3.5L6.5 14.5 12 6.8H8.4Z",
  RUNNING: "M5 3v10L13 8Z",
  SCHEDULED: "M8 4v4l2.8 2.8",
  LATE: "M8 3.5v5M8 12v.2",
  PENDING: "M3.5 8h.2M8 8h.2M12.5 8h.2",
  PAUSED: "M5.5 4v8M10.5 4v8",
  CANCELLING: "M5 5h6v6H5Z",
  CANCELLED: "m4 12 8-8",
};

const made = new Map<StateLook, Path2D>();

export function drawGlyph(
  context: CanvasRenderingContext2D,
  look: StateLook,
  x: number,
  y: number,
  size: number,
  colour: string,
): void {
  let path = made.get(look);
  if (!path) made.set(look, (path = new Path2D(DRAWN[look])));
  context.save();
  context.translate(x - size / 2, y - size / 2);
  context.scale(size / 16, size / 16);
  context.lineWidth = 2.2;
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = colour;
  context.stroke(path);
  context.restore();
}
