import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import * as queries from "../../api/queries";
import type { FlowRun, Graph, GraphShape } from "../../api/types";
import { layOutInWorker } from "../layout/layoutWorker";
import { anglesByCall, areAlike, graphShapeOf } from "../model/seeding";
import { digraphOf } from "./laidOutGraph";

/** A picture does not wait longer for the run before. */
const PATIENCE_MS = 400;

/**
 * The angles that a run's nodes had in the last completed run of its deployment, or of its flow, before it: so that a
 * flow looks the same every day. Undefined while that is being found out; null where there is none, or where both are
 * alike, and so look alike anyway.
 */
export function usePreviousAngles(run: FlowRun | undefined, graph: Graph | undefined): Float64Array | null | undefined {
  const of =
    run &&
    (run.deployment_id ? { deployment_id: { any_: [run.deployment_id] } } : { flow_id: { any_: [run.flow_id] } });
  const earlier = useQuery({
    ...queries.flowRunsPage(
      {
        flow_runs: {
          ...of,
          state: { type: { any_: ["COMPLETED"] } },
          expected_start_time: { before_: run?.expected_start_time ?? null },
        },
      },
      "EXPECTED_START_TIME_DESC",
      1,
    ),
    enabled: run !== undefined,
    staleTime: Infinity,
  });
  const id = earlier.data?.items[0]?.id;
  const before = useQuery({ ...queries.graphShape(id ?? ""), enabled: id !== undefined, staleTime: Infinity }).data;
  const shape = useMemo(() => graph && graphShapeOf(graph), [graph]);
  const differs = useMemo(() => (before && shape ? !areAlike(before, shape) : false), [before, shape]);
  const [found, setFound] = useState<{ of: GraphShape; angles: ArrayLike<number> } | null>(null);
  const [waited, setWaited] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setWaited(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    if (!before || !differs) return undefined;
    let wanted = true;
    void layOutInWorker(digraphOf(before), {}).then(
      (layout) => wanted && setFound({ of: before, angles: layout.angles }),
    );
    return () => {
      wanted = false;
    };
  }, [before, differs]);
  return useMemo(() => {
    if (before && shape && found?.of === before) return anglesByCall(shape, before, found.angles);
    const none =
      (earlier.isFetched && id === undefined) ||
      earlier.isError ||
      (before !== undefined && shape !== undefined && !differs);
    return none || waited ? null : undefined;
  }, [before, shape, found, earlier.isFetched, earlier.isError, id, differs, waited]);
}
