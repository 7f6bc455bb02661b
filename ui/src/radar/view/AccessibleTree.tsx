import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { nameOf } from "../../components/state";
import type { Neighbours } from "../layout/digraph";
import { type Scene, stateOf } from "./scene";

const MOST = 2000;

const first = ({ starts, items }: Neighbours, node: number): number | undefined =>
  starts[node]! < starts[node + 1]! ? items[starts[node]!] : undefined;

interface Props {
  scene: Scene;
  chosen: readonly number[];
  onChoose: (node: number) => void;
  /** With a key held: one more, or (Shift) the path from what is chosen. */
  onChooseMore: (node: number, keys: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) => void;
  onOpen: (node: number) => void;
}

/**
 * The same graph as a tree, ring by ring: for the keyboard, and for those who do not see the picture. Left and right go
 * along dependencies.
 */
export function AccessibleTree({ scene, chosen, onChoose, onChooseMore, onOpen }: Props) {
  const tree = useRef<HTMLUListElement>(null);
  const [focused, setFocused] = useState<number | null>(null);
  const rings = useMemo(() => {
    const found: number[][] = [];
    for (const node of [...scene.nodes.keys()].slice(0, MOST)) (found[scene.layout.ranks[node]!] ??= []).push(node);
    return found.filter((ring) => ring.length > 0);
  }, [scene]);
  const current =
    (focused !== null && focused < scene.nodes.length ? focused : null) ?? chosen[0] ?? rings[0]?.[0] ?? null;
  const key = (event: KeyboardEvent) => {
    if (current === null) return;
    const ring = rings.findIndex((each) => each.includes(current));
    if (ring < 0) return;
    const at = rings[ring]!.indexOf(current);
    const next = {
      ArrowDown: rings[ring]![at + 1],
      ArrowUp: rings[ring]![at - 1],
      ArrowRight: first(scene.downstream, current) ?? rings[ring + 1]?.[0],
      ArrowLeft: first(scene.upstream, current) ?? rings[ring - 1]?.[0],
      Home: rings[0]![0],
    }[event.key];
    const held = event.shiftKey || event.ctrlKey || event.metaKey;
    if (event.key === "Enter" && held) onChooseMore(current, event);
    else if (event.key === "Enter") (scene.nodes[current]!.subflow ? onOpen : onChoose)(current);
    else if (next !== undefined) {
      setFocused(next);
      if (!held) onChoose(next);
      tree.current?.querySelector<HTMLElement>(`[data-node="${next}"]`)?.focus();
    } else return;
    event.preventDefault();
  };
  return (
    <ul ref={tree} role="tree" aria-multiselectable aria-label="Task runs by ring" onKeyDown={key} className="sr-only">
      {rings.map((ring, at) => (
        <li key={at} role="treeitem" aria-expanded aria-selected={false} aria-label={`Ring ${at + 1}`}>
          <ul role="group">
            {ring.map((node) => {
              const { name, state_name: state, members } = scene.nodes[node]!;
              const upstream = scene.upstream.starts[node + 1]! - scene.upstream.starts[node]!;
              return (
                <li
                  key={node}
                  role="treeitem"
                  data-node={node}
                  aria-selected={chosen.includes(node)}
                  tabIndex={node === current ? 0 : -1}
                  onFocus={() => setFocused(node)}
                >
                  {name}, {state ?? nameOf(stateOf(scene.nodes[node]!) ?? "PENDING")}
                  {members ? `, ${members} task runs` : ""}
                  {upstream ? `, depends on ${upstream}` : ""}
                </li>
              );
            })}
          </ul>
        </li>
      ))}
    </ul>
  );
}
