import type { Camera, Size } from "./camera";

const MARGIN = 0.25; // of the box, drawn on every side of it, so that moving finds something there

interface View {
  camera: Camera;
  size: Size;
}

interface Made extends View {
  ratio: number;
  of: readonly unknown[];
}

interface Showing {
  /** What the image is drawn from: it is redrawn where one of these changes. */
  of: readonly unknown[];
  /** Too costly to redraw while moving: the cached image is shown instead. */
  isCostly: boolean;
  /** The camera has just moved, and may be moving on. */
  moving: boolean;
  opacity: number;
}

type DrawWorld = (context: CanvasRenderingContext2D) => void;

/**
 * An image on its own canvas, which the browser shifts, scales and fades without a redraw. It is redrawn, and sharp,
 * once the camera is at rest.
 */
export class CachedCanvas {
  readonly canvas = document.createElement("canvas");
  #made: Made | null = null;
  #view: View | null = null;
  #opacity = 0;
  #frame = 0;

  constructor(name: string) {
    this.canvas.dataset["layer"] = name;
    Object.assign(this.canvas.style, { position: "absolute", willChange: "transform, opacity" });
  }

  /**
   * `parts` draw on a context that has the camera's point in its middle. A picture of something else that has several
   * of them appears part by part, one in each of the next frames, so that no frame has to wait for all.
   */
  show(view: View, { of, isCostly, moving, opacity }: Showing, parts: readonly DrawWorld[]): void {
    const before = this.#made;
    const another = !before || !isOf(before, of, view.size);
    if (another || !(before.camera === view.camera || (isCostly && moving && covers(before, view.camera)))) {
      this.#made = { ...view, of, ratio: devicePixelRatio || 1 };
      this.#draw(this.#made, isCostly ? MARGIN : 0, parts, another);
    }
    this.#view = view;
    this.#opacity = opacity;
    const { x, y, scale } = shift(this.#made!, view);
    Object.assign(this.canvas.style, {
      opacity: String(opacity),
      transform: `translate(${x}px, ${y}px) scale(${scale})`,
    });
  }

  /** Draws what is seen of it on another canvas, which has `ratio` pixels for one of the page's. */
  copyTo(context: CanvasRenderingContext2D, ratio: number): void {
    if (!this.#made || !this.#view || this.canvas.style.visibility) return;
    const { width, height } = this.#view.size;
    const { x, y, scale } = shift(this.#made, this.#view);
    const [wide, high] = [
      (this.canvas.width / this.#made.ratio) * scale,
      (this.canvas.height / this.#made.ratio) * scale,
    ];
    context.globalAlpha = this.#opacity;
    context.drawImage(
      this.canvas,
      (width / 2 + x - wide / 2) * ratio,
      (height / 2 + y - high / 2) * ratio,
      wide * ratio,
      high * ratio,
    );
    context.globalAlpha = 1;
  }

  #draw(made: Made, margin: number, parts: readonly DrawWorld[], inTurn: boolean): void {
    cancelAnimationFrame(this.#frame);
    if (!inTurn || parts.length === 1) {
      const context = this.#cleared(made, margin);
      for (const part of parts) part(context);
      return;
    }
    this.canvas.style.visibility = "hidden";
    const next = (at: number): void => {
      if (at === parts.length) return;
      this.#frame = requestAnimationFrame(() => {
        parts[at]!(at === 0 ? this.#cleared(made, margin) : this.canvas.getContext("2d")!);
        next(at + 1);
      });
    };
    next(0);
  }

  #cleared({ camera, size, ratio }: Made, margin: number): CanvasRenderingContext2D {
    const [left, top] = [Math.ceil(size.width * margin), Math.ceil(size.height * margin)];
    const [wide, high] = [size.width + 2 * left, size.height + 2 * top];
    const [width, height] = [Math.round(wide * ratio), Math.round(high * ratio)];
    Object.assign(this.canvas.style, {
      visibility: "",
      left: `${-left}px`,
      top: `${-top}px`,
      width: `${wide}px`,
      height: `${high}px`,
    });
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    const context = this.canvas.getContext("2d")!;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    const scale = ratio * camera.zoom;
    context.setTransform(
      scale,
      0,
      0,
      scale,
      (wide / 2) * ratio - camera.x * scale,
      (high / 2) * ratio - camera.y * scale,
    );
    return context;
  }
}

function isOf(made: Made, of: readonly unknown[], { width, height }: Size): boolean {
  return (
    made.of.every((each, at) => each === of[at]) &&
    made.size.width === width &&
    made.size.height === height &&
    made.ratio === (devicePixelRatio || 1)
  );
}

/** Where a picture lies that was made for one camera, seen by another: pixels of the page, from the middle. */
function shift({ camera: made }: View, { camera }: View): { x: number; y: number; scale: number } {
  return { x: (made.x - camera.x) * camera.zoom, y: (made.y - camera.y) * camera.zoom, scale: camera.zoom / made.zoom };
}

/** Whether the cached image covers the middle of the view and is neither too coarse nor too small for it. */
function covers({ camera: made, size: { width, height } }: View, camera: Camera): boolean {
  const scale = camera.zoom / made.zoom;
  const [dx, dy] = [Math.abs(camera.x - made.x) * made.zoom, Math.abs(camera.y - made.y) * made.zoom];
  return scale > 0.5 && scale < 2.5 && dx < width * 0.5 && dy < height * 0.5;
}
