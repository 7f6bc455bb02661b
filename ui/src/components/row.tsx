import type { ReactNode } from "react";
import type { StateType } from "../api/types";
import { classes } from "./classes";
import { Tags } from "./controls";
import { StateBadge, StateDot } from "./state";

export const ROW_HEIGHT = 42;

/** The state at the start of a row of runs, in a column of its own; only its mark where there is little room. */
export function RowState({ run }: { run: { state_type: StateType; state_name: string | null } }) {
  return (
    <>
      <span className="hidden w-[118px] shrink-0 sm:flex">
        <StateBadge {...run} />
      </span>
      <span className="flex shrink-0 sm:hidden">
        <StateDot {...run} />
      </span>
    </>
  );
}

/** Tags on the one line of a row: those that fit whole, for which an item without a width stands before the first. */
export function RowTags({ tags, className = "flex-1 sm:block" }: { tags: readonly string[]; className?: string }) {
  if (!tags.length) return null;
  return (
    <span
      title={tags.join(", ")}
      className={`hidden h-[20px] min-w-0 overflow-hidden *:before:-mr-1 *:before:h-[20px] ${className}`}
    >
      <Tags tags={tags} />
    </span>
  );
}

/** Where a run belongs and its own name: on one line, or on two where there is little room. */
export function RowName({ of, children }: { of: ReactNode; children: ReactNode }) {
  return (
    <span
      className={classes(
        "flex min-w-0 items-center gap-1.5 max-sm:w-full max-sm:flex-col-reverse max-sm:items-start max-sm:gap-0",
        "max-sm:*:max-w-full",
      )}
    >
      <span className="min-w-[4ch] shrink-[3] truncate text-muted max-sm:text-[11.5px]">{of}</span>
      <span className="text-muted max-sm:hidden">/</span>
      <span className="min-w-0 truncate font-semibold">{children}</span>
    </span>
  );
}
