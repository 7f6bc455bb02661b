import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type PointerEvent, useMemo, useRef, useState } from "react";
import * as queries from "../../api/queries";
import type { GraphNode, StateType } from "../../api/types";
import { Loading } from "../../components/feedback";
import { nameOf, StateBadge } from "../../components/state";
import { StatesBar } from "../../components/states_bar";
import { count, duration, plural } from "../../time/format";
import { failuresFirst, gridFor } from "../model/heat";
import { coloursNow } from "./colours";
import { type Draw, useCanvas } from "./useCanvas";

const WIDTH = 600;
const PAGE = 200;
const ROW = 30;

/** A group opened: a cell for each member, failures first, and a table of them in the same order. */
export function GroupPanel({ flowRunId, runTry, node }: { flowRunId: string; runTry: number | undefined; node: GraphNode }) {
  const first = useQuery(queries.graphGroup(flowRunId, node.id, 0, runTry)).data;
  const states = useMemo(() => (first?.cells ? failuresFirst(first.cells, first.letters as Record<string, StateType>) : []), [first]);
  const [begin, setBegin] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  // Too large lists would be taller than a browser can scroll; a million rows of 30 px is just below.
  const rows = useVirtualizer({ count: Math.min(first?.members ?? 0, 1_000_000), getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 8, onChange: (list) => setBegin(list.range?.startIndex ?? 0) });
  const wanted = first ? [...new Set([begin, begin + 30].map((row) => Math.floor(row / PAGE)))].filter((page) => page * PAGE < first.members) : [];
  const pages = useQueries({ queries: wanted.map((page) => queries.graphGroup(flowRunId, node.id, page * PAGE, runTry)) });
  const memberAt = (row: number): GraphNode | undefined => pages[wanted.indexOf(Math.floor(row / PAGE))]?.data?.nodes[row % PAGE];
  return (
    <>
      <StatesBar counts={node.states ?? {}} />
      {first ? <HeatGrid states={states} onChoose={(at) => rows.scrollToIndex(at, { align: "start" })} /> : <Loading height={120} />}
      <div ref={scroller} role="table" aria-label="Task runs of the group, failures first" aria-rowcount={first?.members ?? 0} className="h-64 shrink-0 overflow-y-auto rounded-lg border border-line">
        <div role="rowgroup" className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => (
            <Row key={index} index={index} top={start} member={memberAt(index)} />
          ))}
        </div>
      </div>
    </>
  );
}

function Row({ index, top, member }: { index: number; top: number; member: GraphNode | undefined }) {
  return (
    <div role="row" aria-rowindex={index + 1} className="absolute inset-x-0 flex items-center gap-3 px-3" style={{ top, height: ROW }}>
      {member ? (
        <>
          <span role="cell" className="min-w-0 flex-1 truncate">
            {member.subflow ? (
              <Link to="/runs/flow-run/$id" params={{ id: member.subflow.flow_run_id }} className="link">
                {member.name}
              </Link>
            ) : (
              <Link to="/runs/task-run/$id" params={{ id: member.id }} className="link">
                {member.name}
              </Link>
            )}
          </span>
          <span role="cell" className="numeric text-muted">
            {member.start !== null && member.end !== null ? duration((member.end - member.start) / 1000) : ""}
          </span>
          <span role="cell">
            <StateBadge state_type={member.state_type ?? "PENDING"} state_name={member.state_name} />
          </span>
        </>
      ) : (
        <span role="cell" className="text-muted">
          …
        </span>
      )}
    </div>
  );
}

/** A square for each member in its state's colour, failures first. */
function HeatGrid({ states, onChoose }: { states: readonly StateType[]; onChoose: (at: number) => void }) {
  const { columns, cell } = gridFor(states.length, WIDTH);
  const [at, setAt] = useState<number | null>(null);
  const draw = useMemo(
    (): Draw => (context) => {
      const colours = coloursNow();
      const gap = cell > 6 ? 2 : 1;
      states.forEach((state, place) => {
        context.fillStyle = colours.state[state]!;
        context.fillRect((place % columns) * cell, Math.floor(place / columns) * cell, cell - gap, cell - gap);
      });
    },
    [states, columns, cell],
  );
  const canvas = useCanvas(draw);
  const cellAt = (event: PointerEvent<HTMLCanvasElement>): number | null => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const [column, row] = [Math.floor((event.clientX - left) / cell), Math.floor((event.clientY - top) / cell)];
    const place = row * columns + column;
    return column < columns && place < states.length ? place : null;
  };
  return (
    <div>
      <div tabIndex={0} role="group" aria-label="Squares" className="max-h-[320px] overflow-y-auto">
        <canvas
          ref={canvas}
          role="img"
          aria-label={`${plural(states.length, "task run")}, a square for each, failures first`}
          className="block cursor-pointer"
          style={{ width: columns * cell, height: Math.max(cell, Math.ceil(states.length / columns) * cell) }}
          onPointerMove={(event) => setAt(cellAt(event))}
          onPointerLeave={() => setAt(null)}
          onPointerDown={(event) => {
            const place = cellAt(event);
            if (place !== null) onChoose(place);
          }}
        />
      </div>
      <p className="mt-1 text-[12px] text-muted">{at === null ? "Failures first. A click on a square goes to its row." : `${count(at + 1)} of ${count(states.length)}: ${nameOf(states[at]!)}`}</p>
    </div>
  );
}
