import { useLayoutEffect, useRef, useState } from "react";
import type { Positions } from "./positions";

/** More than that many nodes do not move but are there. */
export const MOST_MOVING = 200;
const MOVE_MS = 250;
const LEAST_MOVE = 1;

/** A way between two positions: around the middle on rings, straight else. */
export function between(from: [number, number], to: [number, number], part: number, radial: boolean): [number, number] {
  if (!radial) return [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
  const [r0, r1] = [Math.hypot(...from), Math.hypot(...to)];
  const [a0, a1] = [Math.atan2(from[1], from[0]), Math.atan2(to[1], to[0])];
  const turn = r0 < 1 || r1 < 1 ? 0 : Math.atan2(Math.sin(a1 - a0), Math.cos(a1 - a0));
  const [radius, angle] = [r0 + (r1 - r0) * part, (r0 < 1 ? a1 : a0) + turn * part];
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/**
 * The nodes that are elsewhere than before, by number, with where they were; null where they are too many to be moved
 * in a frame's time.
 */
export function movesOf(
  ids: readonly string[],
  positions: Positions,
  before: ReadonlyMap<string, readonly [number, number]>,
): Map<number, [number, number]> | null {
  const moves = new Map<number, [number, number]>();
  for (let node = 0; node < ids.length; node++) {
    const was = before.get(ids[node]!);
    if (!was || Math.hypot(was[0] - positions.x[node]!, was[1] - positions.y[node]!) < LEAST_MOVE) continue;
    if (moves.size === MOST_MOVING) return null;
    moves.set(node, [was[0], was[1]]);
  }
  return moves;
}

/**
 * The positions of nodes on their way to new ones, and how much of the way is done (1: all). `what`: what may not move
 * from one to the next.
 */
export function useMoving(
  ids: readonly string[],
  positions: Positions,
  radial: boolean,
  what: string,
): { positions: Positions; arrived: number } {
  const [now, setNow] = useState({ positions, of: positions, arrived: 1 });
  const last = useRef({ what, at: new Map<string, readonly [number, number]>() });

  useLayoutEffect(() => {
    const before = last.current;
    const remember = (shown: Positions) =>
      (last.current = { what, at: new Map(ids.map((id, node) => [id, [shown.x[node]!, shown.y[node]!]])) });
    const moves =
      before.what === what && !matchMedia("(prefers-reduced-motion: reduce)").matches
        ? movesOf(ids, positions, before.at)
        : null;
    if (!moves?.size) {
      remember(positions);
      return undefined;
    }
    const began = performance.now();
    let frame = 0;
    const step = (moment: number) => {
      const part = Math.max(0, Math.min(1, (moment - began) / MOVE_MS));
      const eased = 1 - (1 - part) ** 3;
      const shown: Positions = { ...positions, x: positions.x.slice(), y: positions.y.slice() };
      for (const [node, from] of moves)
        [shown.x[node], shown.y[node]] = between(from, [positions.x[node]!, positions.y[node]!], eased, radial);
      remember(shown);
      setNow({ positions: part < 1 ? shown : positions, of: positions, arrived: part });
      if (part < 1) frame = requestAnimationFrame(step);
    };
    step(began);
    return () => cancelAnimationFrame(frame);
  }, [ids, positions, radial, what]);

  return now.of === positions ? now : { positions, arrived: 1 };
}
