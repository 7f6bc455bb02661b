import type { ReactNode } from "react";
import { Button } from "../../components/controls";
import { count, plural } from "../../time/format";
import { failuresOf, type Scene } from "./scene";

interface Props {
  scene: Scene;
  critical: boolean;
  onCritical: () => void;
  onNextFailure: () => void;
  onFind: () => void;
  /** Actions of Radar and Layered only; null in Timeline. */
  picture: { onTidy: () => void; onSave: () => void } | null;
  children: ReactNode;
}

/** The number of task runs, and shortcuts to the ones that matter. */
export function Toolbar({ scene, critical, onCritical, onNextFailure, onFind, picture, children }: Props) {
  const failures = scene.nodes.reduce((sum, node) => sum + failuresOf(node), 0);
  const cycles = scene.layout.closesCycle.reduce((sum, closes) => sum + closes, 0);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span className="mr-1 text-muted">
        {plural(scene.graph.task_runs, "task run")}
        {scene.graph.tries > 1 && ` in try ${scene.graph.run_try}`}
      </span>
      <Button aria-pressed={critical} title="Critical path (c)" onClick={onCritical}>
        Critical path
      </Button>
      <Button disabled={!failures} title="Next failure (f)" onClick={onNextFailure}>
        Next failure{failures ? ` (${count(failures)})` : ""}
      </Button>
      <Button title="Find (/)" onClick={onFind}>
        Find
      </Button>
      {picture && (
        <>
          <Button title="Recompute the layout" onClick={picture.onTidy}>
            Tidy
          </Button>
          <Button onClick={picture.onSave}>Save as PNG</Button>
        </>
      )}
      {cycles > 0 && (
        <span className="text-[var(--failed-ink)]">
          {plural(cycles, "edge")} (dashed) {cycles === 1 ? "closes" : "close"} a cycle: this run's data is corrupt
        </span>
      )}
      {children}
    </div>
  );
}
