/** What is drawn around a middle, taken down as points. */
import type { Pen } from "../src/radar/view/edges";

const TURN = 2 * Math.PI;

/** A place as an angle, unrolled, and a distance from the middle: there arcs are straight lines. */
export type Point = readonly [angle: number, radius: number];

const STEPS = 12;

/** Takes down what is drawn, round corners as chains of short lines. */
export function lineOf(draw: (pen: Pen) => void): Point[] {
  const points: Point[] = [];
  let last: readonly [x: number, y: number] = [0, 0];
  const to = (x: number, y: number): void => {
    last = [x, y];
    if (Math.hypot(x, y) < 1e-9) {
      if (!points.length) points.push([Number.NaN, 0]); // the middle, which has the angle of what comes next
      return;
    }
    const angle = Math.atan2(y, x);
    if (points.length === 1 && Number.isNaN(points[0]![0])) points[0] = [angle, 0];
    const before = points.at(-1)?.[0] ?? angle;
    points.push([angle + Math.round((before - angle) / TURN) * TURN, Math.hypot(x, y)]);
  };
  const curve = (...corners: (readonly [x: number, y: number])[]): void => {
    const from = last;
    for (let step = 1; step <= STEPS; step++) to(...casteljau([from, ...corners], step / STEPS));
  };
  draw({
    moveTo: to,
    lineTo: to,
    quadraticCurveTo: (a, b, x, y) => curve([a, b], [x, y]),
    bezierCurveTo: (a, b, c, d, x, y) => curve([a, b], [c, d], [x, y]),
    arc: (_x, _y, radius, from, until) => {
      const begin = points.length ? points.at(-1)![0] : from;
      points.push([begin, radius], [begin + until - from, radius]);
      last = [radius * Math.cos(until), radius * Math.sin(until)];
    },
  });
  return points;
}

function casteljau(corners: readonly (readonly [number, number])[], part: number): readonly [number, number] {
  if (corners.length === 1) return corners[0]!;
  return casteljau(
    corners
      .slice(1)
      .map(([x, y], at) => [
        corners[at]![0] + (x - corners[at]![0]) * part,
        corners[at]![1] + (y - corners[at]![1]) * part,
      ]),
    part,
  );
}
