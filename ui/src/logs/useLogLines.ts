import { type QueryClient, queryOptions, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { get, query } from "../api/client";
import type { LogLine } from "../api/types";
import { type LogPart, partBefore, partOf, type LogPlace } from "./pages";

/** The first page fills a few screens; scrolling fetches larger ones. */
const FIRST = 200;
const AT_ONCE = 1000;
const END = 2 ** 52;
const AROUND = 200;
/** What a line may be long before only its beginning is read: a thousand lines must stay a page. */
const LONGEST_SHOWN = 10_000;

export interface LogQuery {
  flowRunId: string;
  taskRunId?: string | undefined;
  level: number;
  search: string;
  /** Begin around this line instead of at the end. */
  line: number | null;
}

/** The number of the last line of a run; the stream keeps it up to date. */
const newestLine = (flowRunId: string) =>
  queryOptions({
    queryKey: ["log", flowRunId],
    queryFn: ({ signal }) => get<number | null>(`logs/${flowRunId}/last`, signal),
  });

/** Lines of a run, from its end backwards and, as they are written, onwards. What was read is never read again. */
export function useLogLines(wanted: LogQuery, follow: boolean) {
  const { flowRunId, taskRunId, level, search, line } = wanted;
  const client = useQueryClient();
  const read = useInfiniteQuery({
    queryKey: ["lines", flowRunId, taskRunId, level, search, line],
    queryFn: ({ pageParam, signal }) => readPart(client, wanted, pageParam, signal),
    initialPageParam: { before: line === null ? END : line + AROUND } as LogPlace,
    getPreviousPageParam: (first: LogPart, _parts, place) => partBefore(first, place, limitAt(place)),
    getNextPageParam: (last: LogPart): LogPlace => ({ after: last.upto }),
    staleTime: Infinity,
  });
  const newest = useQuery(newestLine(flowRunId)).data ?? -1;
  const lines = useMemo(() => read.data?.pages.flatMap((part) => part.lines) ?? [], [read.data]);
  const hasNewer = read.isSuccess && newest > (read.data.pages.at(-1)?.upto ?? -1);
  const { isFetching, fetchNextPage } = read;
  useEffect(() => {
    if (follow && hasNewer && !isFetching) void fetchNextPage();
  }, [follow, hasNewer, isFetching, fetchNextPage]);
  return { lines, read, hasNewer };
}

const limitAt = (place: LogPlace): number => ("before" in place && place.before === END ? FIRST : AT_ONCE);

async function readPart(
  client: QueryClient,
  { flowRunId, taskRunId, level, search }: LogQuery,
  place: LogPlace,
  signal: AbortSignal,
): Promise<LogPart> {
  const newest = (await client.ensureQueryData(newestLine(flowRunId))) ?? -1;
  const [limit, whole] = [limitAt(place), taskRunId === undefined];
  const asked = {
    ...place,
    limit,
    longest: LONGEST_SHOWN,
    level,
    search: search || null,
    task_run_id: taskRunId,
    names: whole,
    with_subflows: whole,
  };
  return partOf(await get<LogLine[]>(`logs/${flowRunId}${query(asked)}`, signal), place, newest, limit);
}
