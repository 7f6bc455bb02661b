import { type PointerEvent, type PointerEventHandler, type RefObject, useRef, useState } from "react";
import type { Camera } from "./camera";

const CLICK_PIXELS = 4;

type Modifiers = Pick<PointerEvent, "shiftKey" | "ctrlKey" | "metaKey">;

interface Options {
  box: RefObject<HTMLElement | null>;
  camera: Camera;
  /** The node at a point of the graph. */
  nodeAt: (point: { x: number; y: number }) => number | null;
  onMove: (camera: Camera) => void;
  onChoose: (node: number | null, keys: Modifiers) => void;
}

interface StagePointer {
  /** The node under the pointer. */
  pointed: number | null;
  isDragging: () => boolean;
  handlers: Record<"onPointerDown" | "onPointerMove" | "onPointerUp" | "onPointerLeave", PointerEventHandler>;
}

/** Drags move the camera, clicks choose a node, and the pointer at rest is on one. */
export function useStagePointer({ box, camera, nodeAt, onMove, onChoose }: Options): StagePointer {
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const nodeUnder = (event: PointerEvent): number | null => {
    const { left, top, width, height } = box.current!.getBoundingClientRect();
    return nodeAt({
      x: (event.clientX - left - width / 2) / camera.zoom + camera.x,
      y: (event.clientY - top - height / 2) / camera.zoom + camera.y,
    });
  };
  const move = (event: PointerEvent) => {
    const from = drag.current;
    if (!from) {
      setPointed((event.target as HTMLElement).closest("aside") ? null : nodeUnder(event));
      return;
    }
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    if (!from.moved && Math.hypot(dx, dy) < CLICK_PIXELS) return;
    drag.current = { x: event.clientX, y: event.clientY, moved: true };
    onMove({ ...camera, x: camera.x - dx / camera.zoom, y: camera.y - dy / camera.zoom });
  };
  return {
    pointed,
    isDragging: () => drag.current !== null,
    handlers: {
      onPointerDown: (event) => {
        if (event.button !== 0 || (event.target as HTMLElement).closest("button, aside, a, input")) return;
        drag.current = { x: event.clientX, y: event.clientY, moved: false };
        event.currentTarget.setPointerCapture(event.pointerId);
      },
      onPointerMove: move,
      onPointerUp: (event) => {
        if (drag.current && !drag.current.moved) onChoose(nodeUnder(event), event);
        drag.current = null;
      },
      onPointerLeave: () => setPointed(null),
    },
  };
}
