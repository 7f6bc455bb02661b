import { type ReactNode, type Ref, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { classes } from "../../components/classes";
import { boundsOf } from "./bounds";
import { formatCamera, parseCamera, zoomCamera } from "./camera";
import { type Emphasis, emphasisAround } from "./emphasis";
import { fitBesideControls } from "./fitBesideControls";
import { cardsOnScreen, nodeAtPoint } from "./hitTest";
import { Minimap } from "./Minimap";
import type { CardActions } from "./NodeCard";
import type { Positions } from "./positions";
import type { Scene } from "./scene";
import { StageCards } from "./StageCards";
import { useBoxSize } from "./useBoxSize";
import { useCamera } from "./useCamera";
import { useFrameCanvas } from "./useFrameCanvas";
import { useMoving } from "./useMoving";
import { type StageControl, useStageControl } from "./useStageControl";
import { useStagePointer } from "./useStagePointer";
import { useWheelZoom } from "./useWheelZoom";
import { ZoomButtons } from "./ZoomButtons";

const REST_MS = 120;

interface Props {
  scene: Scene;
  positions: Positions;
  radial: boolean;
  /** What stands out while the pointer is on no node. */
  emphasis: Emphasis | null;
  /** Whether the node under the pointer stands out instead. */
  tracing: boolean;
  chosen: ReadonlySet<number>;
  /** The camera from the address, and whether another view wrote it. */
  at: string | undefined;
  fromElsewhere: boolean;
  onLook: (at: string | undefined) => unknown;
  onChoose: (node: number | null, event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) => void;
  opened: ReadonlySet<string>;
  actions: CardActions;
  control: Ref<StageControl>;
  children?: ReactNode;
}

/** The surface of Radar and Layered: canvases for edges and dots, cards for near nodes, a minimap. */
export function Stage(props: Props) {
  const { scene, positions: settled, radial, emphasis: resting, tracing, chosen, onLook, onChoose } = props;
  const box = useRef<HTMLDivElement>(null);
  const size = useBoxSize(box);
  const { laidOut } = scene;
  const { ids } = laidOut;
  const what = `${scene.graph.flow_run_id} ${radial}`;
  const bounds = useMemo(() => boundsOf(laidOut, settled, radial), [laidOut, settled, radial]);
  const [begin] = useState(() => parseCamera(props.at, ids, settled, props.fromElsewhere));
  const {
    camera,
    chosen: wasMoved,
    setCamera,
  } = useCamera(bounds, size, what, begin, (whole, within) => fitBesideControls(settled, whole, within));
  const { positions, arrived } = useMoving(ids, settled, radial, what);

  const [rested, setRested] = useState(camera);
  useEffect(() => {
    const rest = setTimeout(() => {
      setRested(camera);
      onLook(wasMoved ? formatCamera(camera, ids, settled) : undefined);
    }, REST_MS);
    return () => clearTimeout(rest);
  }, [camera, wasMoved, ids, settled, onLook]);

  const latestCamera = useRef(camera);
  useEffect(() => void (latestCamera.current = camera), [camera]);
  const zoomBy = useCallback(
    (factor: number, dx = 0, dy = 0) =>
      setCamera((before) => zoomCamera(before ?? latestCamera.current, factor, dx, dy)),
    [setCamera],
  );
  useWheelZoom(box, zoomBy);

  const cards = useMemo(() => cardsOnScreen(positions, camera, size, radial), [positions, camera, size, radial]);
  const { pointed, isDragging, handlers } = useStagePointer({
    box,
    camera,
    nodeAt: (point) => nodeAtPoint(positions, point, camera, cards),
    onMove: setCamera,
    onChoose,
  });
  const hovered = pointed !== null && pointed < scene.nodes.length ? pointed : null;
  const emphasis = useMemo(
    () => (tracing && hovered !== null ? emphasisAround(laidOut, hovered) : resting),
    [laidOut, resting, tracing, hovered],
  );
  const moving = rested !== camera;
  const { layers, mountLayers, canvas } = useFrameCanvas({
    ...{ scene, positions, settled, camera, moving, arrived, radial, emphasis, cards, chosen },
  });
  useStageControl(props.control, {
    ...{ scene, positions: settled, camera, latestCamera, setCamera, zoomBy, size, layers, canvas, cards },
  });
  return (
    <div
      ref={box}
      className={classes(
        "card relative min-h-0 flex-1 touch-none overflow-hidden select-none",
        isDragging() ? "cursor-grabbing" : hovered === null ? "cursor-grab" : "cursor-pointer",
      )}
      {...handlers}
    >
      <div ref={mountLayers} aria-hidden className="absolute inset-0" />
      <canvas ref={canvas} aria-hidden className="absolute inset-0 size-full" />
      <StageCards
        scene={scene}
        positions={positions}
        camera={camera}
        size={size}
        cards={cards}
        lifted={hovered !== null && !cards.includes(hovered) ? hovered : null}
        emphasis={emphasis}
        chosen={chosen}
        opened={props.opened}
        actions={props.actions}
      />
      <ZoomButtons zoomBy={zoomBy} onFit={() => setCamera(null)} />
      <Minimap
        scene={scene}
        positions={settled}
        radial={radial}
        camera={camera}
        width={size.width}
        height={size.height}
        onMove={(x, y) => setCamera({ ...camera, x, y })}
      />
      {props.children}
    </div>
  );
}
