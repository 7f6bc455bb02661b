import { type QueryKey, useInfiniteQuery } from "@tanstack/react-query";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import type { Page } from "../api/types";
import { ErrorState, Loading } from "./feedback";

interface Props<T extends { id: string }> {
  label: string;
  queryKey: QueryKey;
  read: (after: string | null, signal: AbortSignal) => Promise<Page<T>>;
  rowHeight: number;
  row: (item: T) => ReactNode;
  empty: ReactNode;
}

/** A list without end: pages are read as they come near, and only the rows that are seen are in the document. */
export function EndlessList<T extends { id: string }>({ label, queryKey, read, rowHeight, row, empty }: Props<T>) {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.after ?? undefined,
    placeholderData: (before) => before,
  });
  const items = unique(query.data?.pages.flatMap((page) => page.items) ?? []);
  const list = useRef<HTMLDivElement>(null);
  const virtual = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: list.current?.offsetTop ?? 0,
    getItemKey: (index) => items[index]!.id,
  });
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (last >= items.length - 20 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [last, items.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  if (!query.data)
    return query.error ? (
      <ErrorState error={query.error} retry={() => void query.refetch()} />
    ) : (
      <Loading height={240} />
    );
  if (!items.length) return <>{empty}</>;
  return (
    <div ref={list}>
      <div role="list" aria-label={label} className="relative" style={{ height: virtual.getTotalSize() }}>
        {rows.map((each) => (
          <div
            key={each.key}
            role="listitem"
            className="absolute inset-x-0"
            style={{ height: rowHeight, transform: `translateY(${each.start - virtual.options.scrollMargin}px)` }}
          >
            {row(items[each.index]!)}
          </div>
        ))}
      </div>
    </div>
  );
}

/** Pages are read at different times, so a record may be on two of them. */
function unique<T extends { id: string }>(items: T[]): T[] {
  const seen = new Set<string>();
  return items.filter((item) => !seen.has(item.id) && seen.add(item.id));
}
