import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { post } from "../api/client";
import type { FlowRun, LogLine, Page, TaskRun } from "../api/types";

const AT_ONCE = 500;

/** The names, by id, of the task runs and subflow runs that lines of a flow run came from. They are asked for once each. */
export function useRunNames(flowRunId: string, lines: readonly LogLine[], wanted: boolean): ReadonlyMap<string, string> | null {
  const [known, setKnown] = useState<ReadonlyMap<string, string>>(new Map());
  const missing = useMemo(() => (wanted ? missingFrom(lines, flowRunId, known) : []), [lines, flowRunId, known, wanted]);
  const found = useQuery({
    queryKey: ["names", missing],
    queryFn: ({ signal }) => readNames(missing, signal),
    enabled: missing.length > 0,
    staleTime: Infinity,
    gcTime: 0,
  }).data;
  useEffect(() => {
    if (found) setKnown((before) => new Map([...before, ...found]));
  }, [found]);
  return wanted ? known : null;
}

/** Of the newest lines first. */
function missingFrom(lines: readonly LogLine[], flowRunId: string, known: ReadonlyMap<string, string>): string[] {
  const ids = new Set<string>();
  for (let at = lines.length - 1; at >= 0 && ids.size < AT_ONCE; at--) {
    const line = lines[at]!;
    const id = line.task_run_id ?? line.flow_run_id;
    if (id !== flowRunId && !known.has(id)) ids.add(id);
  }
  return [...ids];
}

/** One that was deleted meanwhile has no name. */
async function readNames(ids: string[], signal: AbortSignal): Promise<[id: string, name: string][]> {
  const [tasks, flows] = await Promise.all([
    post<Page<TaskRun>>("task_runs/filter", { task_runs: { id: { any_: ids } }, limit: AT_ONCE }, signal),
    post<Page<FlowRun>>("flow_runs/filter", { flow_runs: { id: { any_: ids } }, limit: AT_ONCE }, signal),
  ]);
  return [...ids.map((id): [string, string] => [id, id.slice(0, 8)]), ...[...tasks.items, ...flows.items].map((run): [string, string] => [run.id, run.name])];
}
