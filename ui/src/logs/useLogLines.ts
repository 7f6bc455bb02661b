import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { get, query } from "../api/client";
import type { LogLine } from "../api/types";

const AT_ONCE = 1000;
const END = 2 ** 52;

export interface Wanted {
  flowRunId: string;
  taskRunId?: string | undefined;
  level: number;
  search: string;
  /** Begin around this line instead of at the end. */
  line: number | null;
}

type Place = { before: number } | { after: number };

/** Lines of a run, from its end backwards and, as they are written, onwards. */
export function useLogLines({ flowRunId, taskRunId, level, search, line }: Wanted, follow: boolean) {
  const lines = useInfiniteQuery({
    queryKey: ["lines", flowRunId, taskRunId, level, search, line],
    queryFn: ({ pageParam, signal }) =>
      get<LogLine[]>(
        `logs/${flowRunId}${query({ ...pageParam, limit: AT_ONCE, level, search: search || null, task_run_id: taskRunId, with_subflows: taskRunId === undefined })}`,
        signal,
      ),
    initialPageParam: (line === null ? { before: END } : { before: line + 200 }) as Place,
    getPreviousPageParam: (first: LogLine[], _pages, param): Place | undefined =>
      first.length && !("after" in param) && first.length === AT_ONCE ? { before: first[0]!.ordinal } : undefined,
    getNextPageParam: (_last, pages): Place => ({ after: pages.flat().at(-1)?.ordinal ?? -1 }),
    staleTime: Infinity,
  });
  const newest = useQuery({ queryKey: ["log", flowRunId], queryFn: ({ signal }) => get<number | null>(`logs/${flowRunId}/last`, signal) }).data ?? -1;
  const shown = lines.data?.pages.flat() ?? [];
  const last = shown.at(-1)?.ordinal ?? -1;
  const { isFetching, fetchNextPage, isSuccess } = lines;
  // With a level or a search the newest line may never be shown, so asking goes by what was asked for, not by what was found.
  const asked = lines.data?.pages.length ?? 0;
  useEffect(() => {
    if (follow && isSuccess && !isFetching && newest > last) void fetchNextPage();
    // A page more is asked for once for each newer end.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [follow, isSuccess, newest, last, fetchNextPage]);
  return { lines: shown, query: lines, asked, hasNewer: newest > last };
}
