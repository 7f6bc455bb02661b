import { memo } from "react";
import type { GraphNode } from "../../api/types";
import { STATE_ICONS } from "../../components/icons";
import { lookOf, nameOf } from "../../components/state";
import { count, duration, plural } from "../../time/format";
import { useNow } from "../../time/now";
import { CARD_HEIGHT, CARD_WIDTH } from "./camera";
import { stateOf } from "./scene";

/** Smaller than that a card cannot be read; it then stands a little over its neighbours. */
const LEAST_SCALE = 0.78;

interface Props {
  node: GraphNode;
  origin: number;
  x: number;
  y: number;
  zoom: number;
  faded: boolean;
  chosen: boolean;
  at: number;
  onOpen: ((node: number) => void) | undefined;
}

/** One node, near enough to be read. */
export const NodeCard = memo(function NodeCard({ node, origin, x, y, zoom, faded, chosen, at, onOpen }: Props) {
  const type = stateOf(node) ?? "PENDING";
  const look = lookOf(type, node.state_name);
  const Icon = STATE_ICONS[look];
  const many = node.members !== null;
  const pale = node.state_name === "NotReady";
  return (
    <div
      data-state={look}
      title={`${node.name}: ${node.state_name ?? nameOf(type)}`}
      className={`absolute top-0 left-0 flex overflow-hidden rounded-lg border bg-surface ${chosen ? "border-accent outline-2 outline-accent" : "border-[var(--line-strong)]"}`}
      style={{
        width: CARD_WIDTH,
        minHeight: CARD_HEIGHT,
        transform: `translate(${x}px, ${y}px) translate(-50%, -50%) scale(${Math.max(zoom, LEAST_SCALE)})`,
        opacity: faded ? 0.18 : pale ? 0.55 : 1,
        zIndex: chosen ? 2 : 1,
      }}
    >
      <span className="state-fill grid w-8 shrink-0 place-items-center" style={{ color: "var(--surface)" }}>
        <Icon strokeWidth={2.2} />
      </span>
      <span className="min-w-0 flex-1 px-2.5 py-1.5 leading-tight">
        <span className="block truncate text-[12.5px] font-medium">{node.name}</span>
        <span className="numeric flex flex-wrap items-center gap-x-2 text-[11.5px] whitespace-nowrap text-muted">
          {many ? <Members node={node} /> : <Time node={node} origin={origin} />}
          {(node.run_count ?? 1) > 1 && <span>try {node.run_count}</span>}
        </span>
        {node.subflow && (
          <button type="button" tabIndex={-1} onClick={() => onOpen?.(at)} className="mt-0.5 rounded-full bg-accent-soft px-2 text-[11px] font-medium text-accent hover:underline">
            {plural(Object.values(node.subflow.task_run_counts).reduce((sum, each) => sum + each, 0), "task run")}
          </button>
        )}
      </span>
      {many && <Donut node={node} />}
    </div>
  );
});

function Time({ node, origin }: { node: GraphNode; origin: number }) {
  if (node.start === null) return <span>{node.state_name ?? "not started"}</span>;
  return node.end === null ? <Ticking since={origin + node.start} /> : <span>{duration((node.end - node.start) / 1000)}</span>;
}

function Ticking({ since }: { since: number }) {
  return <span>{duration(Math.max(0, (useNow() - since) / 1000))}</span>;
}

function Members({ node }: { node: GraphNode }) {
  const done = node.states?.["COMPLETED"] ?? 0;
  const failed = (node.states?.["FAILED"] ?? 0) + (node.states?.["CRASHED"] ?? 0);
  return (
    <>
      <span>
        {count(done)} / {count(node.members ?? 0)}
      </span>
      {failed > 0 && <span className="text-[var(--failed-ink)]">{count(failed)} failed</span>}
    </>
  );
}

const FAILED = new Set(["FAILED", "CRASHED"]);

/** How a group stands, as a ring by state. */
function Donut({ node }: { node: GraphNode }) {
  const total = node.members ?? 1;
  const around = 2 * Math.PI * 11;
  const parts = Object.entries(node.states ?? {}).sort(([left], [right]) => Number(FAILED.has(left)) - Number(FAILED.has(right)));
  // A few failures among thousands must still be seen.
  const share = (type: string, many: number) => Math.max(many / total, many > 0 && FAILED.has(type) ? 0.05 : 0);
  const before = (at: number) => parts.slice(0, at).reduce((sum, [, many]) => sum + many, 0);
  return (
    <svg viewBox="0 0 30 30" width="30" height="30" className="mr-2 shrink-0 self-center -rotate-90" aria-hidden="true">
      {parts.map(([type, many], at) => (
        <circle key={type} data-state={type} cx="15" cy="15" r="11" fill="none" stroke="var(--state)" strokeWidth="6" strokeDasharray={`${share(type, many) * around} ${around}`} strokeDashoffset={-Math.min(before(at) / total, 1 - share(type, many)) * around} />
      ))}
    </svg>
  );
}
