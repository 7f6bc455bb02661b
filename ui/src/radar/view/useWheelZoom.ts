import { type RefObject, useEffect } from "react";

/** Zooms around the pointer on wheel and pinch; panels over the stage scroll instead. */
export function useWheelZoom(
  box: RefObject<HTMLElement | null>,
  zoomBy: (factor: number, dx: number, dy: number) => void,
): void {
  useEffect(() => {
    const element = box.current!;
    const wheel = (event: WheelEvent) => {
      if ((event.target as HTMLElement).closest("aside")) return;
      event.preventDefault();
      const { left, top, width, height } = element.getBoundingClientRect();
      const factor = Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015));
      zoomBy(factor, event.clientX - left - width / 2, event.clientY - top - height / 2);
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [box, zoomBy]);
}
