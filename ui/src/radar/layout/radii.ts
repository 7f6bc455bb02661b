/** What a card takes on a ring, and how far rings lie apart, in pixels at zoom 1. */
export interface Spacing {
  readonly cardWidth: number;
  readonly ringGap: number;
}

export const SPACING: Spacing = { cardWidth: 240, ringGap: 260 };

const MOST_SUB_RINGS = 4;
/** No ring lies farther outside the one before than this many gaps, however much it holds. */
const MOST_GAPS = 3;

export interface Radii {
  /** Radius of each ring's innermost sub-ring; 0 for a single vertex in the middle. */
  readonly inner: Float64Array;
  /** How many sub-rings each ring is staggered into. */
  readonly subRings: Int32Array;
}

/**
 * Chooses radii from what the rings hold. A ring that would lie more than three gaps farther out is staggered
 * into up to four sub-rings; what is still too much stands closer than a card is wide, and is drawn as dots.
 */
export function radii(sizes: readonly number[], { cardWidth, ringGap }: Spacing = SPACING): Radii {
  const inner = new Float64Array(sizes.length);
  const subRings = new Int32Array(sizes.length).fill(1);
  let outside = 0;
  sizes.forEach((size, ring) => {
    const nearest = ring === 0 ? (size > 1 ? ringGap : 0) : outside + ringGap;
    const farthest = outside + MOST_GAPS * ringGap;
    const needed = (size * cardWidth) / (2 * Math.PI);
    const layers = Math.min(MOST_SUB_RINGS, Math.max(1, Math.ceil(needed / farthest)));
    subRings[ring] = layers;
    inner[ring] = ring === 0 && size < 2 ? 0 : Math.max(nearest, Math.min(farthest, needed / layers));
    outside = inner[ring]! + ((layers - 1) * ringGap) / 2;
  });
  return { inner, subRings };
}

/** The radius of the vertex that stands at `position` of its ring's order. */
export function radiusAt(
  { inner, subRings }: Radii,
  ring: number,
  position: number,
  { ringGap }: Spacing = SPACING,
): number {
  return inner[ring]! + ((position % subRings[ring]!) * ringGap) / 2;
}
