import { type PointerEvent, useMemo } from "react";
import type { Camera } from "./camera";
import { CARD_WIDTH } from "./card";
import { coloursNow } from "./colours";
import { ringsToDraw } from "./drawFrame";
import type { Positions } from "./positions";
import { type Scene, stateOf } from "./scene";
import { type Draw, useCanvas } from "./useCanvas";

const SIZE = 168;

interface Props {
  scene: Scene;
  positions: Positions;
  radial: boolean;
  camera: Camera;
  width: number;
  height: number;
  onMove: (x: number, y: number) => void;
}

/** The whole picture, small, with the part that is seen; dragging it moves the view. */
export function Minimap({ scene, positions, radial, camera, width, height, onMove }: Props) {
  const { laidOut } = scene;
  const extent = useMemo(() => {
    let most = 240;
    for (let at = 0; at < positions.nodeCount; at++)
      most = Math.max(most, Math.abs(positions.x[at]!), Math.abs(positions.y[at]!));
    if (radial) most = Math.max(most, ringsToDraw(laidOut).at(-1)?.[0] ?? 0);
    return most * 1.12;
  }, [positions, radial, laidOut]);
  const scale = SIZE / 2 / extent;
  const draw = useMemo(
    (): Draw => (context) => {
      const colours = coloursNow();
      const dot = scene.nodes.length > 400 ? 1.5 : 3;
      if (radial) {
        context.lineWidth = Math.min(3, (0.2 * SIZE) / scene.layout.ringRadii.length);
        context.strokeStyle = colours.line;
        for (const [radius, alpha] of ringsToDraw(scene)) {
          context.globalAlpha = alpha;
          context.beginPath();
          context.arc(SIZE / 2, SIZE / 2, radius * scale, 0, 2 * Math.PI);
          context.stroke();
        }
        context.globalAlpha = 1;
      }
      context.lineWidth = 2 * dot - 1;
      for (let node = 0; node < scene.nodes.length; node++) {
        const colour = colours.state[stateOf(scene.nodes[node]!) ?? "PENDING"]!;
        const [radius, angle] = [scene.layout.radii[node]! * scale, scene.layout.angles[node]!];
        if (radial && radius > 4) {
          const half = Math.min(0.3, (CARD_WIDTH * scale * 0.6 + 1) / radius);
          context.strokeStyle = colour;
          context.beginPath();
          context.arc(SIZE / 2, SIZE / 2, radius, angle - half, angle + half);
          context.stroke();
        } else {
          context.fillStyle = colour;
          context.fillRect(
            SIZE / 2 + positions.x[node]! * scale - dot,
            SIZE / 2 + positions.y[node]! * scale - dot,
            2 * dot,
            2 * dot,
          );
        }
      }
    },
    [scene, positions, radial, scale],
  );
  const move = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.buttons) return;
    const box = event.currentTarget.getBoundingClientRect();
    onMove((event.clientX - box.left - SIZE / 2) / scale, (event.clientY - box.top - SIZE / 2) / scale);
  };
  const [seenWidth, seenHeight] = [(width / camera.zoom) * scale, (height / camera.zoom) * scale];
  const canvas = useCanvas(draw);
  const whole = seenWidth >= SIZE && seenHeight >= SIZE;
  const [left, top] = [SIZE / 2 + camera.x * scale - seenWidth / 2, SIZE / 2 + camera.y * scale - seenHeight / 2];
  return (
    <div
      aria-hidden
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        move(event);
      }}
      onPointerMove={move}
      className="card absolute right-3 bottom-3 z-10 cursor-move touch-none overflow-hidden"
      style={{ width: SIZE, height: SIZE }}
    >
      <canvas ref={canvas} className="block size-full" />
      <div
        className={`absolute top-0 left-0 rounded-[3px] ${whole ? "" : "border border-accent bg-accent/8"}`}
        style={{ width: seenWidth, height: seenHeight, transform: `translate(${left}px, ${top}px)` }}
      />
    </div>
  );
}
