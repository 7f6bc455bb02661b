import { memo } from "react";
import type { GraphNode } from "../../api/types";
import { classes } from "../../components/classes";
import { STATE_ICONS } from "../../components/icons";
import { lookOf, nameOf } from "../../components/state";
import { count, duration, plural } from "../../time/format";
import { useNow } from "../../time/now";
import { CARD_HEIGHT, CARD_WIDTH } from "./card";
import { failuresOf, sharesOf, stateOf } from "./scene";

/** Smaller than that a card cannot be read. */
const LEAST_SCALE = 0.72;

/** So much of a name's end is always seen: what differs mostly stands there. */
const TAIL = 5;

export interface CardActions {
  /** Go to the subflow's own page. */
  enter: (node: number) => void;
  /** Show the subflow in place, or no longer. */
  unfoldSubflow: (node: number) => void;
  /** Hide what follows, or show it again. */
  fold: (node: number) => void;
}

interface Props {
  node: GraphNode;
  origin: number;
  x: number;
  y: number;
  zoom: number;
  faded: boolean;
  chosen: boolean;
  /** Shown above a dot that the pointer is on, and not in its place. */
  lifted: boolean;
  at: number;
  /** Nodes hidden behind it; null: there is nothing to hide. */
  folded: number | null;
  opened: boolean;
  actions: CardActions;
}

/** One node, near enough to be read. */
export const NodeCard = memo(function NodeCard({
  node,
  origin,
  x,
  y,
  zoom,
  faded,
  chosen,
  lifted,
  at,
  folded,
  opened,
  actions,
}: Props) {
  const type = stateOf(node) ?? "PENDING";
  const look = lookOf(type, node.state_name);
  const Icon = STATE_ICONS[look];
  const many = node.members !== null;
  const pale = node.state_name === "NotReady";
  const [above, scale] = lifted ? ["calc(-100% - 8px)", Math.max(zoom, 0.9)] : ["-50%", Math.max(zoom, LEAST_SCALE)];
  return (
    <div
      data-state={look}
      title={`${node.name}: ${node.state_name ?? nameOf(type)}`}
      className={classes(
        "group absolute top-0 left-0 overflow-hidden rounded-lg border bg-surface",
        chosen
          ? "border-accent outline-2 outline-accent"
          : "border-[var(--line-strong)] shadow-[0_1px_3px_rgb(0_0_0/10%)]",
        lifted ? "pointer-events-none" : "",
      )}
      style={{
        width: CARD_WIDTH,
        minHeight: CARD_HEIGHT,
        transform: `translate(${x}px, ${y}px) translate(-50%, ${above}) scale(${scale})`,
        transformOrigin: lifted ? "50% 100%" : undefined,
        zIndex: lifted ? 3 : chosen ? 2 : 1,
      }}
    >
      <div className="flex" style={{ minHeight: CARD_HEIGHT, opacity: faded ? 0.28 : 1 }}>
        <span
          className={`grid w-8 shrink-0 place-items-center ${pale ? "bg-[var(--line)] text-muted" : "state-fill"}`}
          style={pale ? undefined : { color: "var(--surface)" }}
        >
          <Icon strokeWidth={2.2} />
        </span>
        <span className="flex min-w-0 flex-1 flex-col justify-center px-2.5 py-1 leading-tight">
          <span className={`flex text-[13px] font-medium ${pale ? "text-muted" : ""}`}>
            <span className="truncate">{node.name.slice(0, -TAIL)}</span>
            <span className="shrink-0 whitespace-pre">{node.name.slice(-TAIL)}</span>
          </span>
          <span className="numeric flex items-center gap-x-2 text-[11.5px] whitespace-nowrap text-muted">
            {many ? <Members node={node} /> : <Time node={node} origin={origin} />}
            {(node.run_count ?? 1) > 1 && <span className="rounded bg-[var(--hover)] px-1">try {node.run_count}</span>}
            {folded !== null && (
              <button
                type="button"
                tabIndex={-1}
                onClick={() => actions.fold(at)}
                title={folded ? "Show what follows" : "Hide what follows"}
                className={classes(
                  "ml-auto rounded px-1 text-[11px] hover:bg-[var(--hover)] hover:text-ink",
                  folded ? "bg-accent-soft font-medium text-accent" : "opacity-0 group-hover:opacity-100",
                )}
              >
                {folded ? `+${count(folded)}` : "Hide"}
              </button>
            )}
          </span>
          {node.subflow && (
            <span className="mt-1 mb-0.5 flex items-center gap-1.5 text-[11px] font-medium">
              <button
                type="button"
                tabIndex={-1}
                onClick={() => actions.enter(at)}
                className="rounded-full bg-accent-soft px-2 py-px text-accent hover:underline"
              >
                {plural(
                  Object.values(node.subflow.task_run_counts).reduce((sum, each) => sum + each, 0),
                  "task run",
                )}
              </button>
              <button
                type="button"
                tabIndex={-1}
                onClick={() => actions.unfoldSubflow(at)}
                className="rounded-full border border-[var(--line-strong)] px-2 text-muted hover:bg-[var(--hover)]"
              >
                {opened ? "Close" : "Open here"}
              </button>
            </span>
          )}
        </span>
        {many && <Donut node={node} />}
      </div>
    </div>
  );
});

function Time({ node, origin }: { node: GraphNode; origin: number }) {
  if (node.start === null) return <span>{node.state_name ?? "not started"}</span>;
  return node.end === null ? (
    <Ticking since={origin + node.start} />
  ) : (
    <span>{duration((node.end - node.start) / 1000)}</span>
  );
}

function Ticking({ since }: { since: number }) {
  return <span>{duration(Math.max(0, (useNow() - since) / 1000))}</span>;
}

function Members({ node }: { node: GraphNode }) {
  const done = node.states?.["COMPLETED"] ?? 0;
  const failed = failuresOf(node);
  return (
    <>
      <span>
        {count(done)} / {count(node.members ?? 0)}
      </span>
      {failed > 0 && <span className="text-[var(--failed-ink)]">✕ {count(failed)}</span>}
    </>
  );
}

const AROUND = 2 * Math.PI * 11;

/** How a group stands, as a ring by state. */
function Donut({ node }: { node: GraphNode }) {
  return (
    <svg viewBox="0 0 30 30" width="34" height="34" className="mr-2 shrink-0 self-center -rotate-90" aria-hidden="true">
      {sharesOf(node).map(([state, from, to]) => (
        <circle
          key={state}
          data-state={state}
          cx="15"
          cy="15"
          r="11"
          fill="none"
          stroke="var(--state)"
          strokeWidth="6"
          strokeDasharray={`${(to - from) * AROUND} ${AROUND}`}
          strokeDashoffset={-from * AROUND}
        />
      ))}
    </svg>
  );
}
