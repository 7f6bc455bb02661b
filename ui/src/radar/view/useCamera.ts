import { type Dispatch, type SetStateAction, useCallback, useState } from "react";
import type { Bounds } from "./bounds";
import { type Camera, fit, type Size, stillFits } from "./camera";

/**
 * Where a view looks: where it was moved to, or else at everything. While it looks at everything it stays as it is
 * until what there is to see no longer fits, so that a picture that grows does not jump with every node. `what`:
 * another view, or another run.
 */
export function useCamera(
  bounds: Bounds,
  size: Size,
  what: string,
  begin: Camera | null,
  fitted: (bounds: Bounds, size: Size) => Camera,
): { camera: Camera; chosen: boolean; setCamera: Dispatch<SetStateAction<Camera | null>> } {
  const [moved, setMoved] = useState<{ what: string; camera: Camera | null }>({ what, camera: begin });
  const [auto, setAuto] = useState<{ what: string; camera: Camera; size: Size; bounds: Bounds } | null>(null);
  const chosen = moved.what === what ? moved.camera : begin;
  let resting = auto;
  // What was fitted to these very bounds is as good as it gets, also where a small window has no room for everything.
  if (
    size.width > 0 &&
    (!auto ||
      auto.what !== what ||
      auto.size !== size ||
      (auto.bounds !== bounds && !stillFits(auto.camera, bounds, size)))
  ) {
    resting = { what, size, bounds, camera: fitted(bounds, size) };
    setAuto(resting);
  }
  const seen = resting?.camera ?? fit(bounds, { width: 1000, height: 600 });
  const setCamera = useCallback(
    (next: SetStateAction<Camera | null>) =>
      setMoved((before) => {
        const camera = before.what === what ? before.camera : null;
        return { what, camera: typeof next === "function" ? next(camera) : next };
      }),
    [what],
  );
  return { camera: chosen ?? seen, chosen: chosen !== null, setCamera };
}
