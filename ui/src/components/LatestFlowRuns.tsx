import { useQuery } from "@tanstack/react-query";
import type { ComponentProps, ReactNode } from "react";
import * as queries from "../api/queries";
import type { Criteria } from "../api/types";
import { latestRuns } from "../filters/latest";
import { parseTokens, replaceTokens } from "../filters/tokens";
import { plural } from "../time/format";
import { useMinute } from "../time/now";
import { useZone } from "../time/zone";
import { FlowRunList } from "./FlowRunList";

interface Props extends Omit<ComponentProps<typeof FlowRunList>, "sort"> {
  /** What stands in the filter bar. */
  text: string;
  onFilter: (text: string) => void;
}

/** Flow runs that match, latest first, below a line with the number of upcoming runs. */
export function LatestFlowRuns({ text, onFilter, criteria, ...rest }: Props) {
  const { criteria: listed, sort, upcoming } = latestRuns(parseTokens(text), criteria, useMinute(), useZone());
  return (
    <>
      {upcoming && (
        <Upcoming criteria={upcoming}>
          <button type="button" onClick={() => onFilter(replaceTokens(text, "state", ["scheduled"]))} className="link">
            Show them
          </button>
        </Upcoming>
      )}
      <FlowRunList criteria={listed} sort={sort} {...rest} />
    </>
  );
}

/** How many runs are still to come, and what shows them. */
export function Upcoming({ criteria, children }: { criteria: Criteria; children: ReactNode }) {
  const many = useQuery(queries.flowRunCount(criteria)).data;
  if (!many) return null;
  return (
    <p className="flex h-9 items-center gap-1.5 border-b border-line px-4 text-[12.5px] text-muted">
      {plural(many, "upcoming run")} · {children}
    </p>
  );
}
