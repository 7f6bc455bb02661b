import type { Camera } from "./camera";

const MARGIN = 0.25; // of the box, drawn on every side of it, so that moving finds something there

interface Made {
  camera: Camera;
  width: number;
  height: number;
  of: unknown;
}

/**
 * A picture of what is dear to draw, kept while the camera moves: moving shows it shifted and scaled, standing still draws it
 * anew and sharp.
 */
export class Backdrop {
  readonly #canvas = document.createElement("canvas");
  #made: Made | null = null;

  /** `of`: what it is a picture of; another one is drawn at once. `drawWorld` draws on a context that has its middle at `camera`. */
  paint(context: CanvasRenderingContext2D, { camera, width, height, of }: Made, moving: boolean, drawWorld: (context: CanvasRenderingContext2D) => void): void {
    let made = this.#made;
    if (!made || !moving || made.of !== of || made.width !== width || made.height !== height || !covers(made, camera)) {
      made = this.#made = { camera, width, height, of };
      const ratio = devicePixelRatio || 1;
      const [wide, high] = [Math.ceil(width * (1 + 2 * MARGIN) * ratio), Math.ceil(height * (1 + 2 * MARGIN) * ratio)];
      if (this.#canvas.width !== wide || this.#canvas.height !== high) Object.assign(this.#canvas, { width: wide, height: high });
      const own = this.#canvas.getContext("2d")!;
      own.setTransform(1, 0, 0, 1, 0, 0);
      own.clearRect(0, 0, wide, high);
      own.setTransform(ratio * camera.zoom, 0, 0, ratio * camera.zoom, wide / 2 - camera.x * camera.zoom * ratio, high / 2 - camera.y * camera.zoom * ratio);
      drawWorld(own);
    }
    const scale = camera.zoom / made.camera.zoom;
    const [wide, high] = [width * (1 + 2 * MARGIN) * scale, height * (1 + 2 * MARGIN) * scale];
    const x = width / 2 + (made.camera.x - camera.x) * camera.zoom;
    const y = height / 2 + (made.camera.y - camera.y) * camera.zoom;
    context.drawImage(this.#canvas, x - wide / 2, y - high / 2, wide, high);
  }
}

/** Whether the kept picture still shows the middle of what is to be seen, and is not too coarse or too small for it. */
function covers({ camera: made, width, height }: Made, camera: Camera): boolean {
  const scale = camera.zoom / made.zoom;
  const [dx, dy] = [Math.abs(camera.x - made.x) * made.zoom, Math.abs(camera.y - made.y) * made.zoom];
  return scale > 0.5 && scale < 2.5 && dx < width * 0.5 && dy < height * 0.5;
}
