import { Link } from "@tanstack/react-router";
import type { FlowRun } from "../api/types";
import { classes } from "../components/classes";
import { Search } from "../components/icons";
import { filterTime } from "../time/local";
import { formatTokens, formatToken, type Token } from "./tokens";

/** The bar above a run: the token that finds it, to be read; it leads to where it may be changed. */
export function RunToken({ run }: { run: Pick<FlowRun, "name" | "expected_start_time"> }) {
  const name: Token = { key: "name", value: run.name };
  const q = formatTokens([name, { key: "after", value: filterTime(new Date(run.expected_start_time)) }]);
  return (
    <div className="card flex h-9 min-w-0 items-center gap-2 bg-page px-3">
      <Search className="shrink-0 text-muted" />
      <Link
        to="/runs"
        search={{ q }}
        title="Search for it in the runs"
        className={classes(
          "min-w-0 truncate rounded-md bg-[var(--hover)] px-2 font-mono text-[12.5px] leading-6",
          "hover:bg-accent-soft",
        )}
      >
        {formatToken(name)}
      </Link>
    </div>
  );
}
