import { type RefObject, useEffect, useRef } from "react";
import { useTheme } from "../../shell/theme";

export type Draw = (context: CanvasRenderingContext2D, width: number, height: number) => void;

/** A canvas as sharp as the screen and as large as its box, drawn again whenever `draw`, the box or the theme changes. */
export function useCanvas(draw: Draw): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  useEffect(() => {
    const element = canvas.current!;
    let frame = 0;
    const paint = () => {
      const { width, height } = element.getBoundingClientRect();
      const ratio = devicePixelRatio || 1;
      if (element.width !== Math.round(width * ratio) || element.height !== Math.round(height * ratio)) {
        element.width = Math.round(width * ratio);
        element.height = Math.round(height * ratio);
      }
      const context = element.getContext("2d");
      if (!context || !width || !height) return;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      draw(context, width, height);
    };
    const soon = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(paint);
    };
    soon();
    const watch = new ResizeObserver(soon);
    watch.observe(element);
    const themes = new MutationObserver(soon);
    themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      cancelAnimationFrame(frame);
      watch.disconnect();
      themes.disconnect();
    };
  }, [draw, theme]);
  return canvas;
}
