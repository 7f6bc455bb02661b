import type { StateType } from "../api/types";
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

/** Tags on the one line of a row: those that fit. */
export function RowTags({ tags }: { tags: readonly string[] }) {
  if (!tags.length) return null;
  return (
    <span className="hidden h-[20px] min-w-0 flex-1 overflow-hidden sm:block">
      <Tags tags={tags} />
    </span>
  );
}
