import { type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import type { StateType } from "../../api/types";
import { nameOf } from "../../components/state";
import { count, plural } from "../../time/format";
import { gridFor } from "../model/heat";
import { coloursNow } from "./colours";
import { type Draw, useCanvas } from "./useCanvas";

interface Props {
  states: readonly StateType[];
  /** The place of the one that is chosen. */
  chosen: number | null;
  width: number;
  /** In pixels, at most: in a low window it is less. What does not fit is scrolled to. */
  height: number;
  onChoose: (place: number) => void;
}

/** A square for each member in its state's colour, failures first. */
export function HeatGrid({ states, chosen, width, height, onChoose }: Props) {
  const { columns, cell } = gridFor(states.length, width);
  const [pointed, setPointed] = useState<number | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const draw = useMemo(
    (): Draw => (context) => {
      const colours = coloursNow();
      const gap = cell > 6 ? 2 : 1;
      const at = (place: number): [x: number, y: number] => [
        (place % columns) * cell,
        Math.floor(place / columns) * cell,
      ];
      states.forEach((state, place) => {
        context.fillStyle = colours.state[state]!;
        context.fillRect(...at(place), cell - gap, cell - gap);
      });
      if (chosen === null || chosen >= states.length) return;
      const [x, y] = at(chosen);
      context.strokeStyle = colours.ink;
      context.lineWidth = 2;
      context.strokeRect(x + 1, y + 1, cell - gap - 2, cell - gap - 2);
      context.strokeStyle = colours.surface;
      context.lineWidth = 1;
      context.strokeRect(x + 2.5, y + 2.5, cell - gap - 5, cell - gap - 5);
    },
    [states, chosen, columns, cell],
  );
  const canvas = useCanvas(draw);
  useEffect(() => {
    const element = scroller.current!;
    if (chosen === null) return;
    const top = Math.floor(chosen / columns) * cell;
    if (top < element.scrollTop || top + cell > element.scrollTop + element.clientHeight)
      element.scrollTop = top - element.clientHeight / 2;
  }, [chosen, columns, cell]);
  const placeAt = (event: PointerEvent<HTMLCanvasElement>): number | null => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const [column, row] = [Math.floor((event.clientX - left) / cell), Math.floor((event.clientY - top) / cell)];
    const place = row * columns + column;
    return column < columns && place < states.length ? place : null;
  };
  const shownPlace = pointed ?? chosen;
  return (
    <div>
      <div
        ref={scroller}
        tabIndex={0}
        role="group"
        aria-label="Task run grid"
        className="overflow-y-auto"
        style={{ maxHeight: `min(${height}px, 32vh)` }}
      >
        <canvas
          ref={canvas}
          role="img"
          aria-label={`${plural(states.length, "task run")}, one square each, failures first`}
          className="block cursor-pointer"
          style={{ width: columns * cell, height: Math.max(cell, Math.ceil(states.length / columns) * cell) }}
          onPointerMove={(event) => setPointed(placeAt(event))}
          onPointerLeave={() => setPointed(null)}
          onPointerDown={(event) => {
            const place = placeAt(event);
            if (place !== null) onChoose(place);
          }}
        />
      </div>
      <p className="mt-1 text-[12px] text-muted">
        {shownPlace === null || !states[shownPlace]
          ? "Failures first. Click a square to select its task run."
          : `${count(shownPlace + 1)} of ${count(states.length)}: ${nameOf(states[shownPlace])}`}
      </p>
    </div>
  );
}
