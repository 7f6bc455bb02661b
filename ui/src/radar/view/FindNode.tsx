import { useState } from "react";
import type { Scene } from "./scene";

/** Finds a node by its name; Enter goes to the next one. */
export function FindNode({
  scene,
  onFound,
  onClose,
}: {
  scene: Scene;
  onFound: (node: number) => void;
  onClose: () => void;
}) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(-1);
  const found = text
    ? [...scene.nodes.keys()].filter((node) => scene.nodes[node]!.name.toLowerCase().includes(text.toLowerCase()))
    : [];
  return (
    <span className="flex items-center gap-2">
      <input
        autoFocus
        type="search"
        aria-label="Find a task run"
        className="field w-56"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(-1);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && found.length) {
            const next = (at + 1) % found.length;
            setAt(next);
            onFound(found[next]!);
          } else if (event.key === "Escape") onClose();
        }}
      />
      <span className="text-muted" role="status">
        {text ? (at >= 0 ? `${at + 1} of ${found.length}` : `${found.length} found`) : ""}
      </span>
    </span>
  );
}
