import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { post } from "../../api/client";
import type { Firings, JsonObject, ScheduleWanted } from "../../api/types";
import { Button, Field } from "../../components/controls";
import { Dialog } from "../../components/Dialog";
import { useDelayed } from "../../components/useDelayed";
import { moment } from "../../time/format";
import { localZone } from "../../time/zone";

type Kind = "interval" | "cron" | "rrule";

const UNITS = { seconds: 1, minutes: 60, hours: 3600, days: 86_400, weeks: 604_800 } as const;
type Unit = keyof typeof UNITS;

const ZONES: string[] =
  typeof Intl.supportedValuesOf === "function" ? ["UTC", ...Intl.supportedValuesOf("timeZone")] : ["UTC"];

interface Props {
  given: ScheduleWanted | undefined;
  busy: boolean;
  onClose: () => void;
  onSave: (schedule: ScheduleWanted) => void;
}

/** Edits one schedule; the server previews its next firings as you type. */
export function ScheduleEditor({ given, busy, onClose, onSave }: Props) {
  const before = (given?.rule ?? {}) as JsonObject;
  const [kind, setKind] = useState<Kind>("cron" in before ? "cron" : "rrule" in before ? "rrule" : "interval");
  const length = split(Number(before["interval"] ?? 3600));
  const [many, setMany] = useState(String(length.many));
  const [unit, setUnit] = useState<Unit>(length.unit);
  const [cron, setCron] = useState(String(before["cron"] ?? "0 9 * * 1-5"));
  const [rrule, setRrule] = useState(
    String(before["rrule"] ?? "FREQ=MONTHLY;BYDAY=1MO;BYHOUR=9;BYMINUTE=0;BYSECOND=0"),
  );
  const [timezone, setTimezone] = useState(String(before["timezone"] ?? localZone()));
  const [jitter, setJitter] = useState(String(before["jitter_seconds"] ?? 0));
  const [catchup, setCatchup] = useState<"all" | "latest" | "skip">(given?.catchup ?? "all");
  const rule: JsonObject = {
    ...(kind === "interval"
      ? {
          interval: Number(many) * UNITS[unit],
          ...(before["anchor_date"] ? { anchor_date: before["anchor_date"] } : {}),
        }
      : kind === "cron"
        ? { cron }
        : { rrule }),
    timezone,
    jitter_seconds: Number(jitter) || 0,
  };
  const asked = useDelayed(JSON.stringify(rule), 200);
  const preview = useQuery({
    queryKey: ["schedule_preview", asked],
    queryFn: ({ signal }) =>
      post<Firings>("deployments/preview_schedule", { rule: JSON.parse(asked) as unknown, limit: 8 }, signal),
    retry: false,
  });
  return (
    <Dialog open onClose={onClose} title={given ? "Edit schedule" : "New schedule"} wide>
      <div className="grid gap-6 sm:grid-cols-2">
        <form
          className="flex flex-col gap-3.5"
          onSubmit={(event) => {
            event.preventDefault();
            onSave({ rule, catchup, active: given?.active ?? true });
          }}
        >
          <Field label="Kind">
            <select className="field" value={kind} onChange={(event) => setKind(event.target.value as Kind)}>
              <option value="interval">Interval</option>
              <option value="cron">Cron expression</option>
              <option value="rrule">Recurrence rule (RFC 5545)</option>
            </select>
          </Field>
          {kind === "interval" && (
            <div className="grid grid-cols-2 gap-3">
              <Field label="Every">
                <input
                  className="field"
                  inputMode="decimal"
                  value={many}
                  onChange={(event) => setMany(event.target.value)}
                />
              </Field>
              <Field label="Unit">
                <select className="field" value={unit} onChange={(event) => setUnit(event.target.value as Unit)}>
                  {Object.keys(UNITS).map((each) => (
                    <option key={each}>{each}</option>
                  ))}
                </select>
              </Field>
            </div>
          )}
          {kind === "cron" && (
            <Field label="Cron" hint="Minute, hour, day of month, month, day of week.">
              <input className="field font-mono" value={cron} onChange={(event) => setCron(event.target.value)} />
            </Field>
          )}
          {kind === "rrule" && (
            <Field label="Rule">
              <input className="field font-mono" value={rrule} onChange={(event) => setRrule(event.target.value)} />
            </Field>
          )}
          <Field label="Time zone" hint="Local times stay the same when clocks change.">
            <input
              className="field"
              list="time-zones"
              value={timezone}
              onChange={(event) => setTimezone(event.target.value)}
            />
          </Field>
          <datalist id="time-zones">
            {ZONES.map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
          <Field label="Jitter, in seconds" hint="Delays each run by a random time up to this, to spread the load.">
            <input
              className="field"
              inputMode="decimal"
              value={jitter}
              onChange={(event) => setJitter(event.target.value)}
            />
          </Field>
          <Field label="After downtime, run">
            <select
              className="field"
              value={catchup}
              onChange={(event) => setCatchup(event.target.value as typeof catchup)}
            >
              <option value="all">every missed run</option>
              <option value="latest">only the latest missed run</option>
              <option value="skip">no missed run</option>
            </select>
          </Field>
          <Button type="submit" kind="primary" disabled={busy || preview.isError} className="self-start">
            Save
          </Button>
        </form>
        <section aria-label="Next firings" aria-live="polite">
          <h3 className="mb-1">{preview.data?.words ?? "Next firings"}</h3>
          {preview.isError ? (
            <p className="text-[var(--failed-ink)]">{preview.error.message}</p>
          ) : (
            <ol className="flex flex-col gap-1">
              {preview.data?.times.map((time) => (
                <li key={time} className="numeric">
                  {moment(time, ZONES.includes(timezone) ? timezone : "UTC")}{" "}
                  <span className="text-muted">{timezone}</span>
                </li>
              ))}
            </ol>
          )}
        </section>
      </div>
    </Dialog>
  );
}

function split(seconds: number): { many: number; unit: Unit } {
  const unit =
    (Object.keys(UNITS) as Unit[]).reverse().find((each) => seconds % UNITS[each] === 0 && seconds >= UNITS[each]) ??
    "seconds";
  return { many: seconds / UNITS[unit], unit };
}
