import { type PointerEvent, useMemo } from "react";
import type { Camera } from "./camera";
import { coloursNow } from "./colours";
import { type Places, type Scene, stateOf } from "./scene";
import { type Draw, useCanvas } from "./useCanvas";

const SIZE = 168;

interface Props {
  scene: Scene;
  places: Places;
  camera: Camera;
  width: number;
  height: number;
  onMove: (x: number, y: number) => void;
}

/** The whole picture, small, with the part that is seen; dragging it moves the view. */
export function Minimap({ scene, places, camera, width, height, onMove }: Props) {
  const extent = useMemo(() => {
    let most = 1;
    for (let at = 0; at < places.x.length; at++) most = Math.max(most, Math.abs(places.x[at]!), Math.abs(places.y[at]!));
    return most * 1.12;
  }, [places]);
  const scale = SIZE / 2 / extent;
  const draw = useMemo(
    (): Draw => (context) => {
      const colours = coloursNow();
      context.lineWidth = 1;
      context.strokeStyle = colours.strong;
      for (const radius of scene.layout.ringRadii) {
        context.beginPath();
        context.arc(SIZE / 2, SIZE / 2, radius * scale, 0, 2 * Math.PI);
        context.stroke();
      }
      const dot = scene.nodes.length > 400 ? 1.5 : 3;
      for (let node = 0; node < scene.nodes.length; node++) {
        context.fillStyle = colours.state[stateOf(scene.nodes[node]!) ?? "PENDING"]!;
        context.fillRect(SIZE / 2 + places.x[node]! * scale - dot, SIZE / 2 + places.y[node]! * scale - dot, 2 * dot, 2 * dot);
      }
      const [seenWidth, seenHeight] = [(width / camera.zoom) * scale, (height / camera.zoom) * scale];
      const [left, top] = [SIZE / 2 + camera.x * scale - seenWidth / 2, SIZE / 2 + camera.y * scale - seenHeight / 2];
      context.fillStyle = colours.accent;
      context.globalAlpha = 0.14;
      context.fillRect(left, top, seenWidth, seenHeight);
      context.globalAlpha = 1;
      context.strokeStyle = colours.accent;
      context.strokeRect(left, top, seenWidth, seenHeight);
    },
    [scene, places, camera, width, height, scale],
  );
  const move = (event: PointerEvent<HTMLCanvasElement>) => {
    if (!event.buttons) return;
    const box = event.currentTarget.getBoundingClientRect();
    onMove((event.clientX - box.left - SIZE / 2) / scale, (event.clientY - box.top - SIZE / 2) / scale);
  };
  return (
    <canvas
      ref={useCanvas(draw)}
      aria-hidden
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        move(event);
      }}
      onPointerMove={move}
      className="card absolute right-3 bottom-3 z-10 cursor-move touch-none"
      style={{ width: SIZE, height: SIZE }}
    />
  );
}
