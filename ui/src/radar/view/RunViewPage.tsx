import { useQueries, useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import * as queries from "../../api/queries";
import type { Graph } from "../../api/types";
import { EmptyState, Loading, Read } from "../../components/feedback";
import { useRootRun } from "../../live/live";
import { visibleGraphOf } from "../model/visibleGraph";
import { RunHeader, type View } from "./RunHeader";
import { RunViews } from "./RunViews";
import { usePreviousAngles } from "./usePreviousAngles";

/** Radar, Layered and Timeline: three views of one run, with one selection. */
export function RunViewPage() {
  const { id } = useParams({ from: "/shell/runs/flow-run/$id/radar" });
  const search = useSearch({ from: "/shell/runs/flow-run/$id/radar" });
  const runTry = search.try === undefined ? undefined : Number(search.try);
  const run = useQuery(queries.flowRun(id));
  const graph = useQuery(queries.graph(id, runTry));
  const above = useQuery({ ...queries.ancestors(id), enabled: run.data?.parent_flow_run_id != null }).data ?? [];
  const seed = usePreviousAngles(run.data, graph.data);
  useRootRun(run.data?.root_flow_run_id);
  const view = (search.view ?? "radar") as View;
  return (
    <div className="flex h-[calc(100vh-40px)] flex-col gap-3">
      <Read query={run}>{(found) => <RunHeader run={found} above={above} view={view} graph={graph.data} />}</Read>
      <Read query={graph}>
        {(found) =>
          !found.nodes.length ? (
            <EmptyState title="No task run yet">Tasks appear here as the flow calls them.</EmptyState>
          ) : seed === undefined ? (
            <Loading height={400} />
          ) : (
            <Opened key={found.flow_run_id} graph={found} view={view} seed={seed} runTry={runTry} />
          )
        }
      </Read>
    </div>
  );
}

const listed = (text: string | undefined): string[] => (text ? text.split(",") : []);

/** The graph with the subflows opened and nodes folded that the address lists. */
function Opened({
  graph,
  view,
  seed,
  runTry,
}: {
  graph: Graph;
  view: View;
  seed: Float64Array | null;
  runTry: number | undefined;
}) {
  const { open, fold } = useSearch({ from: "/shell/runs/flow-run/$id/radar" });
  const ids = useMemo(() => listed(open), [open]);
  const folds = useMemo(() => new Set(listed(fold)), [fold]);
  const inside = useQueries({
    queries: ids.map((each) => queries.graph(each)),
    combine: (all) => all.map(({ data }) => data),
  });
  const shown = useMemo(() => {
    const opened = new Map(inside.flatMap((each, at) => (each ? [[ids[at]!, each] as const] : [])));
    return visibleGraphOf(graph, opened, folds);
  }, [graph, inside, ids, folds]);
  return <RunViews shown={shown} view={view} seed={seed} opened={ids} folds={folds} runTry={runTry} />;
}
