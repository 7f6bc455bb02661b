import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import * as queries from "../../api/queries";
import type { GraphNode, StateType } from "../../api/types";
import { classes } from "../../components/classes";
import { Loading } from "../../components/feedback";
import { StateBadge, StateDot } from "../../components/state";
import { StatesBar } from "../../components/StatesBar";
import { duration } from "../../time/format";
import { failuresFirst } from "../model/heat";
import { HeatGrid } from "./HeatGrid";

const GRID = { narrow: { width: 286, height: 190 }, wide: { width: 600, height: 320 } };
const PAGE = 200;
const ROW = 30;

interface Props {
  flowRunId: string;
  runTry: number | undefined;
  node: GraphNode;
  isWide: boolean;
  /** The one that is chosen of them. */
  member: string | null;
  onChoose: (member: string | null) => void;
}

/** A group opened: a cell for each member, failures first, and a table of them in the same order. */
export function GroupPanel({ flowRunId, runTry, node, isWide, member, onChoose }: Props) {
  const client = useQueryClient();
  const page = (at: number) => queries.graphGroup(flowRunId, node.id, at * PAGE, runTry);
  const first = useQuery(page(0)).data;
  const found = useQuery({ ...queries.groupWith(flowRunId, member ?? "", runTry), enabled: member !== null }).data;
  const chosen = member !== null && found?.group_id === node.id ? found.place : null;
  const states = useMemo(
    () => (first?.cells ? failuresFirst(first.cells, first.letters as Record<string, StateType>) : []),
    [first],
  );
  const [begin, setBegin] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  // Too large lists would be taller than a browser can scroll; a million rows of 30 px is just below.
  const rows = useVirtualizer({
    count: Math.min(first?.members ?? 0, 1_000_000),
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
    onChange: (list) => setBegin(list.range?.startIndex ?? 0),
  });
  const wanted = first
    ? [...new Set([begin, begin + 30].map((row) => Math.floor(row / PAGE)))].filter((at) => at * PAGE < first.members)
    : [];
  const pages = useQueries({ queries: wanted.map(page) });
  const memberAt = (row: number): GraphNode | undefined =>
    pages[wanted.indexOf(Math.floor(row / PAGE))]?.data?.nodes[row % PAGE];
  const isRead = first !== undefined;
  useEffect(() => {
    const seen = rows.range;
    if (isRead && chosen !== null && !(seen && seen.startIndex <= chosen && chosen < seen.endIndex))
      rows.scrollToIndex(chosen, { align: "start" });
  }, [isRead, chosen, rows]);
  const clicked = useRef(-1);
  const onSquare = async (place: number) => {
    clicked.current = place;
    rows.scrollToIndex(place, { align: "start" });
    const { nodes } = await client.ensureQueryData(page(Math.floor(place / PAGE)));
    const id = nodes[place % PAGE]?.id;
    if (id !== undefined && clicked.current === place) onChoose(id);
  };
  return (
    <>
      <StatesBar counts={node.states ?? {}} />
      {first ? (
        <HeatGrid
          states={states}
          chosen={chosen}
          {...(isWide ? GRID.wide : GRID.narrow)}
          onChoose={(place) => void onSquare(place)}
        />
      ) : (
        <Loading height={120} />
      )}
      <div
        ref={scroller}
        role="table"
        aria-label="Task runs of the group, failures first"
        aria-rowcount={first?.members ?? 0}
        className="h-64 min-h-32 overflow-y-auto rounded-lg border border-line"
      >
        <div role="rowgroup" className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const each = memberAt(index);
            return (
              <Row
                key={index}
                index={index}
                top={start}
                member={each}
                isChosen={each !== undefined && each.id === member}
                isWide={isWide}
                onChoose={onChoose}
              />
            );
          })}
        </div>
      </div>
    </>
  );
}

function Row({
  index,
  top,
  member,
  isChosen,
  isWide,
  onChoose,
}: { index: number; top: number; member: GraphNode | undefined; isChosen: boolean } & Pick<
  Props,
  "isWide" | "onChoose"
>) {
  const State = isWide ? StateBadge : StateDot;
  const choose = () => member && onChoose(isChosen ? null : member.id);
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      aria-current={isChosen}
      className={classes(
        "absolute inset-x-0 flex cursor-pointer items-center gap-2.5 px-3",
        isChosen ? "bg-accent-soft" : "hover:bg-[var(--hover)]",
      )}
      style={{ top, height: ROW }}
      onClick={(event) => !(event.target as HTMLElement).closest("a, button") && choose()}
    >
      {member ? (
        <>
          <span role="cell" className="flex">
            <button
              type="button"
              aria-pressed={isChosen}
              aria-label={`Select ${member.name}`}
              title={isChosen ? "Select the whole group" : "Select this task run"}
              onClick={choose}
              className="-mx-1.5 grid size-6 place-items-center"
            >
              <span
                className={classes(
                  "size-3 rounded-full border",
                  isChosen ? "border-accent bg-accent" : "border-[var(--line-strong)]",
                )}
              />
            </button>
          </span>
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
          <span role="cell" className="numeric whitespace-nowrap text-muted">
            {member.start !== null && member.end !== null ? duration((member.end - member.start) / 1000) : ""}
          </span>
          <span role="cell" className="flex">
            <State state_type={member.state_type ?? "PENDING"} state_name={member.state_name} />
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
