import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import * as queries from "../../api/queries";
import type { Deployment, FlowRun } from "../../api/types";
import { classes } from "../../components/classes";
import { EmptyState, Read } from "../../components/feedback";
import { StateDot } from "../../components/state";
import { clock, plural } from "../../time/format";
import { calendarOf, dateIn, type Week } from "../../time/calendar";
import { useMinute } from "../../time/now";
import { useZone } from "../../time/zone";

const MOST_SHOWN = 4;

/** What is to come, as a calendar in the zone that is shown; days on which clocks change are marked. */
export function NextRuns({ deployment }: { deployment: Deployment }) {
  const coming = useQuery(
    queries.flowRunsPage(
      { flow_runs: { deployment_id: { any_: [deployment.id] }, state: { type: { any_: ["SCHEDULED"] } } } },
      "NEXT_SCHEDULED_START_TIME_ASC",
      1000,
    ),
  );
  const zone = useZone();
  const now = useMinute();
  return (
    <Read query={coming}>
      {({ items }) =>
        items.length ? (
          <div className="card overflow-hidden">
            <p className="px-4 py-3 text-muted">
              {plural(items.length, "run")} upcoming, in {zone}
            </p>
            {calendarOf(items, (run) => run.next_scheduled_start_time ?? run.expected_start_time, zone).map((week) => (
              <WeekRow key={week.days[0]!.date} week={week} zone={zone} today={dateIn(now, zone)} />
            ))}
          </div>
        ) : (
          <div className="card">
            <EmptyState title="No upcoming runs">
              {deployment.paused ? "Its schedule is paused." : "It has no schedule; run it manually or add one."}
            </EmptyState>
          </div>
        )
      }
    </Read>
  );
}

function WeekRow({ week, zone, today }: { week: Week<FlowRun>; zone: string; today: string }) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  return (
    <div className="grid border-t border-line md:grid-cols-7">
      {week.days.map((day) => (
        <div
          key={day.date}
          className={classes(
            "min-h-24 min-w-0 border-line p-2 not-first:max-md:border-t md:border-l md:first:border-l-0",
            day.date < today ? "bg-page max-md:hidden" : "",
            day.items.length ? "" : "max-md:hidden",
          )}
        >
          <p className="mb-1 flex items-baseline justify-between text-[12px] text-muted">
            <span className={day.date === today ? "font-semibold text-accent" : ""}>{day.label}</span>
            {day.clockChange !== 0 && (
              <span
                title={`Clocks go ${day.clockChange > 0 ? "forward" : "back"} by ${Math.abs(day.clockChange)} minutes`}
                className={classes(
                  "rounded bg-[color-mix(in_srgb,var(--late)_20%,var(--surface))] px-1 text-[11px]",
                  "text-[var(--late-ink)]",
                )}
              >
                clocks {day.clockChange > 0 ? "+" : "−"}
                {Math.abs(day.clockChange)}m
              </span>
            )}
          </p>
          {day.items.slice(0, opened.has(day.date) ? undefined : MOST_SHOWN).map((run) => (
            <Link
              key={run.id}
              to="/runs/flow-run/$id"
              params={{ id: run.id }}
              title={run.name}
              className="flex items-center gap-1.5 truncate rounded px-1 hover:bg-[var(--hover)]"
            >
              <StateDot {...run} />
              <span className="numeric">
                {clock(run.next_scheduled_start_time ?? run.expected_start_time, zone).slice(0, 5)}
              </span>
              <span className="truncate text-[12px] text-muted">{run.name}</span>
            </Link>
          ))}
          {day.items.length > MOST_SHOWN && !opened.has(day.date) && (
            <button
              type="button"
              onClick={() => setOpened(new Set([...opened, day.date]))}
              className="link px-1 text-[12px]"
            >
              and {day.items.length - MOST_SHOWN} more
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
