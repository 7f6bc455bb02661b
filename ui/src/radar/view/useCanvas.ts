import { type RefObject, useCallback, useEffect, useRef } from "react";
import { useTheme } from "../../shell/theme";

export type Draw = (context: CanvasRenderingContext2D, width: number, height: number) => void;

/**
 * A canvas as sharp as the screen and as large as its box, drawn again whenever `draw`, the box or the theme changes.
 */
export function useCanvas(draw: Draw): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef(draw);
  const size = useRef<{ width: number; height: number } | null>(null);
  const frame = useRef(0);
  const theme = useTheme();

  const soon = useCallback(() => {
    if (frame.current) return;
    frame.current = requestAnimationFrame(() => {
      frame.current = 0;
      const element = canvas.current;
      const box = (size.current ??= element ? { width: element.clientWidth, height: element.clientHeight } : null);
      const context = element?.getContext("2d");
      if (!element || !context || !box?.width || !box.height) return;
      const ratio = devicePixelRatio || 1;
      const [width, height] = [Math.round(box.width * ratio), Math.round(box.height * ratio)];
      if (element.width !== width || element.height !== height) Object.assign(element, { width, height });
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, box.width, box.height);
      latest.current(context, box.width, box.height);
    });
  }, []);

  useEffect(() => {
    latest.current = draw;
    soon();
  }, [draw, theme, soon]);

  useEffect(() => {
    const element = canvas.current!;
    const sizes = new ResizeObserver(([entry]) => {
      size.current = { width: entry!.contentRect.width, height: entry!.contentRect.height };
      soon();
    });
    sizes.observe(element);
    const themes = new MutationObserver(soon);
    themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      cancelAnimationFrame(frame.current);
      frame.current = 0;
      sizes.disconnect();
      themes.disconnect();
    };
  }, [soon]);
  return canvas;
}
