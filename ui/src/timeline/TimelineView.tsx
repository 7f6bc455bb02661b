import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { flowRunKeys } from "../api/queryKeys";
import { EmptyState, Read } from "../components/feedback";
import { useNow } from "../time/now";
import { packRows } from "./packing";
import { readSpans, type Spans } from "./spans";
import { TimelineStage, type TimelineStageProps } from "./TimelineStage";

interface Props extends Omit<TimelineStageProps, "packing" | "origin" | "now"> {
  flowRunId: string;
  runTry: number | undefined;
  /** Subflow runs whose spans are shown below their own: the id of the task run for each, and of the flow run. */
  subflows: readonly { node: string; flowRunId: string }[];
  /** Whether the run has ended. */
  ended: boolean;
}

const spansOf = (id: string, runTry?: number) => ({
  queryKey: flowRunKeys.spans(id, runTry),
  queryFn: ({ signal }: { signal: AbortSignal }) => readSpans(id, runTry, signal),
});

/** Every task run on the time it took, in as many rows as ran at once; zooms from the whole run to a millisecond. */
export function TimelineView({ flowRunId, runTry, subflows, ...rest }: Props) {
  const spans = useQuery(spansOf(flowRunId, runTry));
  const inside = useQueries({
    queries: subflows.map((each) => spansOf(each.flowRunId)),
    combine: (all) => all.map(({ data }) => data),
  });
  const opened = useMemo(
    () => new Map(inside.flatMap((each, at) => (each ? [[subflows[at]!.node, each] as const] : []))),
    [inside, subflows],
  );
  return <Read query={spans}>{(found) => <Packed spans={found} opened={opened} {...rest} />}</Read>;
}

type PackedProps = Omit<Props, "flowRunId" | "runTry" | "subflows"> & {
  spans: Spans;
  opened: ReadonlyMap<string, Spans>;
};

function Packed({ spans, opened, ended, ...rest }: PackedProps) {
  const packing = useMemo(() => packRows(spans, opened), [spans, opened]);
  const now = useNow(!ended);
  return packing.rows.length ? (
    <TimelineStage packing={packing} origin={spans.origin} now={now} {...rest} />
  ) : (
    <EmptyState title="Nothing has started yet" />
  );
}
