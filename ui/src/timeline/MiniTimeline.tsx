import { useMemo } from "react";
import type { Graph } from "../api/types";
import { EmptyState } from "../components/feedback";
import { coloursNow } from "../radar/view/colours";
import { sharesOf } from "../radar/view/scene";
import { type Draw, useCanvas } from "../radar/view/useCanvas";
import { plural } from "../time/format";
import { useNow } from "../time/now";
import { useZone } from "../time/zone";
import { axisMarks } from "./axis";
import { lanes } from "./lanes";

const HEIGHT = 220;
const AXIS = 22;
const SHORT_MS = 5_000;

/** What ran when: a bar for each node of the graph, packed into lanes. */
export function MiniTimeline({ graph }: { graph: Graph }) {
  const running = graph.nodes.some((node) => node.start !== null && node.end === null);
  return graph.nodes.some((node) => node.start !== null) ? (
    running ? (
      <Growing graph={graph} />
    ) : (
      <Picture graph={graph} now={0} />
    )
  ) : (
    <EmptyState title="Nothing has started yet" />
  );
}

function Growing({ graph }: { graph: Graph }) {
  return <Picture graph={graph} now={useNow() - Date.parse(graph.origin)} />;
}

function Picture({ graph, now }: { graph: Graph; now: number }) {
  const zone = useZone();
  const draw = useMemo((): Draw => {
    const begun = graph.nodes.filter((node) => node.start !== null);
    const starts = begun.map((node) => node.start!);
    const ends = begun.map((node) => node.end ?? Math.max(now, node.start!));
    const from = Math.min(...starts);
    const to = Math.max(from + 1, ...ends);
    const origin = Date.parse(graph.origin);
    return (context, width, height) => {
      const colours = coloursNow();
      const left = 16;
      const scale = (width - 2 * left) / (to - from);
      const shortest = 2 / scale; // what is drawn at least two pixels wide takes that much room
      const packed = lanes(
        starts,
        ends.map((end, at) => Math.max(end, starts[at]! + shortest)),
      );
      const row = Math.min(18, (height - AXIS) / Math.max(1, packed.many));
      context.font = "11px sans-serif";
      context.textAlign = "center";
      const short = to - from < SHORT_MS; // then the time of day would be the same at each mark
      for (const mark of axisMarks(origin + from, origin + to, origin + from, width, zone)) {
        const x = left + mark.at * scale;
        const label = short ? mark.since : mark.clock;
        const half = context.measureText(label).width / 2;
        context.fillStyle = colours.line;
        context.fillRect(x, 0, 1, height - AXIS);
        context.fillStyle = colours.muted;
        context.fillText(label, Math.min(width - half - 4, Math.max(half + 4, x)), height - 7);
      }
      begun.forEach((node, at) => {
        const x = left + (starts[at]! - from) * scale;
        const wide = Math.max(2, (ends[at]! - starts[at]!) * scale);
        const outline = new Path2D();
        outline.roundRect(x, packed.lane[at]! * row + 1, wide, Math.max(1, row - 2), Math.min(3, row / 3));
        context.save();
        context.clip(outline);
        for (const [state, first, last] of sharesOf(node)) {
          context.fillStyle = colours.state[state]!;
          context.fillRect(x + wide * first, packed.lane[at]! * row, wide * (last - first) + 0.5, row);
        }
        context.restore();
      });
    };
  }, [graph, now, zone]);
  return (
    <canvas
      ref={useCanvas(draw)}
      role="img"
      aria-label={`When ${plural(graph.task_runs, "task run")} ran`}
      className="block w-full"
      style={{ height: HEIGHT }}
    />
  );
}
