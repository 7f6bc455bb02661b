import { useEffect, useRef, useState } from "react";
import type { Camera, Size } from "./camera";
import { type Emphasis, standsOut } from "./emphasis";
import { type CardActions, NodeCard } from "./NodeCard";
import type { Positions } from "./positions";
import type { Scene } from "./scene";

interface Props {
  scene: Scene;
  positions: Positions;
  camera: Camera;
  size: Size;
  cards: readonly number[];
  /** A node drawn as a dot, whose card is shown above it; null: none. */
  lifted: number | null;
  emphasis: Emphasis | null;
  chosen: ReadonlySet<number>;
  opened: ReadonlySet<string>;
  actions: CardActions;
}

/** The cards of the nodes near enough to be read, and that of the dot under the pointer. */
export function StageCards({
  scene,
  positions,
  camera,
  size,
  cards,
  lifted,
  emphasis,
  chosen,
  opened,
  actions,
}: Props) {
  const stable = useStableActions(actions);
  const origin = Date.parse(scene.graph.origin);
  const left = size.width / 2 - camera.x * camera.zoom;
  const top = size.height / 2 - camera.y * camera.zoom;
  return (
    <div aria-hidden className="absolute top-0 left-0" style={{ transform: `translate(${left}px, ${top}px)` }}>
      {(lifted === null ? cards : [...cards, lifted]).map((at) => {
        const node = scene.nodes[at]!;
        const hasFold = at !== lifted && scene.behind[at]! > 0;
        return (
          <NodeCard
            key={node.id}
            node={node}
            origin={origin}
            x={positions.x[at]! * camera.zoom}
            y={positions.y[at]! * camera.zoom}
            zoom={camera.zoom}
            faded={emphasis !== null && !standsOut(emphasis, at)}
            chosen={chosen.has(at)}
            lifted={at === lifted}
            at={at}
            folded={scene.visible.folded[at]! || (hasFold ? 0 : null)}
            opened={opened.has(node.subflow?.flow_run_id ?? "")}
            actions={stable}
          />
        );
      })}
    </div>
  );
}

/** The same object at every render, so that a card is rendered again only where its node changed. */
function useStableActions(actions: CardActions): CardActions {
  const latest = useRef(actions);
  useEffect(() => void (latest.current = actions), [actions]);
  const [stable] = useState<CardActions>(() => ({
    enter: (node) => latest.current.enter(node),
    unfoldSubflow: (node) => latest.current.unfoldSubflow(node),
    fold: (node) => latest.current.fold(node),
  }));
  return stable;
}
