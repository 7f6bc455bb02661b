/** Names beside nodes: as many as there is room for, the most telling first. */

export interface Label {
  text: string;
  x: number;
  y: number;
  strong: boolean;
}

export interface LabelRequest {
  text: string;
  /** The node's middle and half its size, in pixels of the screen. */
  x: number;
  y: number;
  half: number;
  /**
   * The side on which the name is best: away from the middle of the picture, or (0) below, where edges run to both
   * sides.
   */
  side: -1 | 0 | 1;
  strong: boolean;
}

const CELL = 64;
const HEIGHT = 13;
const GAP = 5;

/**
 * Chooses places for names such that none lies on another or on a node. `wanted` comes by importance; `measure` gives a
 * width in pixels.
 */
export function placeLabels(wanted: readonly LabelRequest[], measure: (text: string) => number, most: number): Label[] {
  const taken = new Grid();
  for (const { x, y, half } of wanted) taken.add(x - half, y - half, x + half, y + half);
  const labels: Label[] = [];
  for (const { text, x, y, half, side, strong } of wanted) {
    if (labels.length >= most) break;
    const width = measure(text);
    const beside = (towards: -1 | 1) => ({
      left: towards > 0 ? x + half + GAP : x - half - GAP - width,
      top: y - HEIGHT / 2,
    });
    const below = { left: x - width / 2, top: y + half + 2 };
    const above = { left: x - width / 2, top: y - half - 2 - HEIGHT };
    const choices =
      side === 0 ? [below, above, beside(1), beside(-1)] : [beside(side), below, above, beside(side > 0 ? -1 : 1)];
    const free = choices.find(({ left, top }) => !taken.meets(left, top, left + width, top + HEIGHT));
    if (!free) continue;
    taken.add(free.left, free.top, free.left + width, free.top + HEIGHT);
    labels.push({ text, x: free.left, y: free.top + HEIGHT / 2, strong });
  }
  return labels;
}

/** Rectangles by the squares of a grid that they touch. */
class Grid {
  readonly #cells = new Map<number, [number, number, number, number][]>();

  add(left: number, top: number, right: number, bottom: number): void {
    for (const cell of cells(left, top, right, bottom)) {
      const known = this.#cells.get(cell);
      if (known) known.push([left, top, right, bottom]);
      else this.#cells.set(cell, [[left, top, right, bottom]]);
    }
  }

  meets(left: number, top: number, right: number, bottom: number): boolean {
    return cells(left, top, right, bottom).some((cell) =>
      this.#cells.get(cell)?.some(([l, t, r, b]) => left < r && right > l && top < b && bottom > t),
    );
  }
}

function cells(left: number, top: number, right: number, bottom: number): number[] {
  const found: number[] = [];
  for (let row = Math.floor(top / CELL); row <= Math.floor(bottom / CELL); row++) {
    for (let column = Math.floor(left / CELL); column <= Math.floor(right / CELL); column++)
      found.push(row * 100_003 + column);
  }
  return found;
}
