import { useMemo } from "react";
import type { Graph } from "../../api/types";
import { EmptyState } from "../../components/feedback";
import { plural } from "../../time/format";
import { visibleGraphOf } from "../model/visibleGraph";
import { coloursNow } from "./colours";
import { type Scene, sharesOf } from "./scene";
import { type Draw, useCanvas } from "./useCanvas";
import { useScene } from "./useScene";

const HEIGHT = 220;

/** A run at a glance: a ring for each step from the start, an arc for each task run, in the colour of its state. */
export function MiniRadar({ graph }: { graph: Graph }) {
  const scene = useScene(useMemo(() => visibleGraphOf(graph, new Map(), new Set()), [graph]));
  if (!graph.nodes.length) return <EmptyState title="No task run yet" />;
  return scene ? <Picture scene={scene} /> : <div style={{ height: HEIGHT }} />;
}

function Picture({ scene }: { scene: Scene }) {
  const draw = useMemo(
    (): Draw => (context, width, height) =>
      drawRings(context, scene, width / 2, height / 2, Math.min(width, height) / 2 - 14),
    [scene],
  );
  return (
    <canvas
      ref={useCanvas(draw)}
      role="img"
      aria-label={`${plural(scene.graph.task_runs, "task run")} in ${plural(scene.layout.ringRadii.length, "step")}`}
      className="block w-full"
      style={{ height: HEIGHT }}
    />
  );
}

/** Rings with an arc for each node, as the mini radar and the minimap show them. */
export function drawRings(context: CanvasRenderingContext2D, scene: Scene, x: number, y: number, radius: number): void {
  const colours = coloursNow();
  const { ranks, angles, ringRadii } = scene.layout;
  const rings = ringRadii.length;
  const inner = radius * 0.18;
  const step = rings ? (radius - inner) / rings : 0;
  const thick = Math.max(1.5, Math.min(9, step * 0.4));
  const counts = new Int32Array(rings);
  for (let node = 0; node < scene.nodes.length; node++) counts[ranks[node]!]!++;
  context.lineCap = "butt";
  context.lineWidth = thick;
  for (let ring = 0; ring < rings; ring++) {
    context.beginPath();
    context.arc(x, y, inner + (ring + 1) * step, 0, 2 * Math.PI);
    context.strokeStyle = colours.line;
    context.stroke();
  }
  for (let node = 0; node < scene.nodes.length; node++) {
    const ring = ranks[node]!;
    const half = Math.min(
      scene.nodes[node]!.members === null ? 0.24 : 0.8,
      (Math.PI / Math.max(1, counts[ring]!)) * 0.8,
    );
    const begin = angles[node]! - half;
    for (const [state, from, to] of sharesOf(scene.nodes[node]!)) {
      context.beginPath();
      context.arc(x, y, inner + (ring + 1) * step, begin + 2 * half * from, begin + 2 * half * to);
      context.strokeStyle = colours.state[state]!;
      context.stroke();
    }
  }
  context.beginPath();
  context.arc(x, y, Math.max(2, inner * 0.55), 0, 2 * Math.PI);
  context.fillStyle = colours.accent;
  context.fill();
}
