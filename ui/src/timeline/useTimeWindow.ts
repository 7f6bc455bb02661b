import { type Dispatch, type RefObject, type SetStateAction, useCallback, useEffect, useRef, useState } from "react";
import { formatWindow, parseWindow, type TimeWindow, zoomWindow } from "./timeWindow";

const REST_MS = 150;
const MOST = 1.1;

interface Seen {
  view: TimeWindow;
  /** Null: the whole, which may grow. */
  setView: Dispatch<SetStateAction<TimeWindow | null>>;
  zoomAt: (factor: number, part: number) => void;
  /** The whole as it was drawn last. */
  whole: RefObject<TimeWindow>;
}

/**
 * Which part of the time is seen, first as the address says it; `onLook` hears where it comes to rest, undefined for
 * the whole.
 */
export function useTimeWindow(
  whole: TimeWindow,
  origin: number,
  time: string | undefined,
  onLook: (time: string | undefined) => unknown,
): Seen {
  const [seen, setView] = useState<TimeWindow | null>(() => parseWindow(time, origin));
  const latest = useRef(whole);
  useEffect(() => void (latest.current = whole), [whole]);
  const zoomAt = useCallback(
    (factor: number, part: number) =>
      setView((before) =>
        zoomWindow(before ?? latest.current, factor, part, (latest.current.to - latest.current.from) * MOST),
      ),
    [],
  );
  useEffect(() => {
    const rest = setTimeout(() => onLook(seen ? formatWindow(seen, origin) : undefined), REST_MS);
    return () => clearTimeout(rest);
  }, [seen, origin, onLook]);
  return { view: seen ?? whole, setView, zoomAt, whole: latest };
}
