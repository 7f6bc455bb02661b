/**
 * Turns a whole layout: so that a run flows to the right where it has a direction, lies along the screen where it has
 * an axis, and stands as an earlier picture of it stood where there is one.
 */
const LEAST_SHARE = 0.3;

/** The angle to add to every angle of a layout that nobody has seen before. `weights`: 0 for what has no say. */
export function facing(angles: Float64Array, weights: ArrayLike<number>): number {
  const [direction, clear] = mean(angles, weights, 1);
  if (clear > LEAST_SHARE) return -direction;
  const [axis, long] = mean(angles, weights, 2);
  return long > LEAST_SHARE ? -axis / 2 : 0;
}

/** How much of a picture must have been there before for it to be turned like that one. */
const LEAST_KNOWN = 0.5;

/**
 * The angle to add to every angle so that they stand as near as possible to where they stood (NaN: was not there); null
 * where most are new.
 */
export function aligning(angles: Float64Array, previous: Float64Array): number | null {
  const known = Float64Array.from({ length: Math.min(angles.length, previous.length) }, (_, at) =>
    Number(!Number.isNaN(previous[at])),
  );
  if (known.reduce((sum, there) => sum + there, 0) < LEAST_KNOWN * previous.length) return null;
  const [turned, clear] = mean(
    Float64Array.from(known, (there, at) => (there ? previous[at]! - angles[at]! : 0)),
    known,
    1,
  );
  return clear > 1e-9 ? turned : 0;
}

/** The mean direction of `fold` times the angles, and how much they agree (0 to 1). */
function mean(angles: Float64Array, weights: ArrayLike<number>, fold: number): [number, number] {
  let [x, y, total] = [0, 0, 0];
  for (let at = 0; at < weights.length; at++) {
    x += weights[at]! * Math.cos(fold * angles[at]!);
    y += weights[at]! * Math.sin(fold * angles[at]!);
    total += weights[at]!;
  }
  return [Math.atan2(y, x), total > 0 ? Math.hypot(x, y) / total : 0];
}
