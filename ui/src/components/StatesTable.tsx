import type { StateChange } from "../api/types";
import { classes } from "./classes";
import { StateBadge } from "./state";
import { Moment } from "./times";

/** The history of a run. A state rejected because its process had lost the run is struck through. */
export function StatesTable({ states }: { states: StateChange[] }) {
  return (
    <div className="overflow-x-auto" tabIndex={0} role="group" aria-label="States">
      <table className="w-full min-w-[620px] table-fixed">
        <thead>
          <tr className="border-b border-line text-left text-[12.5px] text-muted">
            <th className="w-[140px] px-4 py-2 font-medium">State</th>
            <th className="w-[232px] px-4 py-2 font-medium">At</th>
            <th className="w-[84px] px-4 py-2 font-medium">Attempt</th>
            <th className="w-[60px] px-4 py-2 font-medium">Try</th>
            <th className="px-4 py-2 font-medium">Message</th>
          </tr>
        </thead>
        <tbody>
          {states.map((state, at) => (
            <tr
              key={at}
              className={classes(
                "border-b border-line align-top last:border-0",
                state.applied ? "" : "line-through opacity-60",
              )}
            >
              <td className="px-4 py-2">
                <StateBadge state_type={state.type} state_name={state.name} />
              </td>
              <td className="px-4 py-2">
                <Moment at={state.timestamp} exact />
              </td>
              <td className="px-4 py-2 tabular-nums">{state.attempt}</td>
              <td className="px-4 py-2 tabular-nums">{state.run_count || "–"}</td>
              <td className="px-4 py-2 wrap-anywhere whitespace-pre-wrap">{state.message}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
