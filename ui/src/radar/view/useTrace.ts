import { useMemo, useState } from "react";
import { serverClock } from "../../time/clock";
import { type Emphasis, emphasisAlong, emphasisAround, emphasisOnly } from "./emphasis";
import { criticalPath, pathBetween, type Scene } from "./scene";

type Way = "critical" | "path" | null;

interface Trace {
  /** Which way is to be shown: the critical path, or that between the two that are chosen. */
  way: Way;
  setWay: (way: Way) => void;
  /** The nodes on it; empty: there is no path. Null: no path is shown. */
  along: readonly number[] | null;
  emphasis: Emphasis | null;
}

/** What stands out: a way, or else what is chosen with all that it depends on and that depends on it. */
export function useTrace(scene: Scene, chosen: readonly number[]): Trace {
  const [way, setWay] = useState<Way>(null);
  const along = useMemo(() => {
    if (way === "critical") return criticalPath(scene, serverClock.now() - Date.parse(scene.graph.origin));
    return way === "path" && chosen.length === 2 ? pathBetween(scene, chosen[0]!, chosen[1]!) : null;
  }, [way, chosen, scene]);
  const { laidOut } = scene;
  const only = chosen.length === 1 ? chosen[0]! : null;
  const around = useMemo(() => (only === null ? null : emphasisAround(laidOut, only)), [laidOut, only]);
  const emphasis = useMemo(() => {
    if (along) return emphasisAlong(along.length ? along : chosen);
    return around ?? (chosen.length ? emphasisOnly(chosen) : null);
  }, [along, around, chosen]);
  return { way, setWay, along, emphasis };
}
