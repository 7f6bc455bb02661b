import { useQuery } from "@tanstack/react-query";
import type { ComponentProps } from "react";
import * as queries from "../api/queries";
import type { Criteria } from "../api/types";
import { latest } from "../filters/latest";
import { parse, replaced } from "../filters/tokens";
import { plural } from "../time/format";
import { useMinute } from "../time/now";
import { FlowRunList } from "./FlowRunList";

interface Props extends Omit<ComponentProps<typeof FlowRunList>, "sort"> {
  /** What stands in the filter bar. */
  text: string;
  onFilter: (text: string) => void;
}

/** Flow runs that match, latest first; one line says how many are still to come. */
export function LatestFlowRuns({ text, onFilter, criteria, ...rest }: Props) {
  const { criteria: listed, sort, upcoming } = latest(parse(text), criteria, useMinute());
  return (
    <>
      {upcoming && <Upcoming criteria={upcoming} onShow={() => onFilter(replaced(text, "state", ["scheduled"]))} />}
      <FlowRunList criteria={listed} sort={sort} {...rest} />
    </>
  );
}

function Upcoming({ criteria, onShow }: { criteria: Criteria; onShow: () => void }) {
  const many = useQuery(queries.flowRunCount(criteria)).data;
  if (!many) return null;
  return (
    <p className="flex h-9 items-center gap-1.5 border-b border-line px-4 text-[12.5px] text-muted">
      {plural(many, "run")} still to come ·
      <button type="button" onClick={onShow} className="link">
        Show them
      </button>
    </p>
  );
}
