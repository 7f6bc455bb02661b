import { type RefObject, useLayoutEffect, useState } from "react";
import type { Size } from "./camera";

/** The size of an element, as it changes; 0 × 0 until it is measured. */
export function useBoxSize(box: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) =>
      setSize({ width: entry!.contentRect.width, height: entry!.contentRect.height }),
    );
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, [box]);
  return size;
}
