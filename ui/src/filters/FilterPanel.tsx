import { useQuery } from "@tanstack/react-query";
import * as queries from "../api/queries";
import { Chips } from "../components/chips";
import { Button, Field } from "../components/controls";
import { Close } from "../components/icons";
import { fieldOf, filterTime, momentIn } from "../time/local";
import { useMinute } from "../time/now";
import { useZone } from "../time/zone";
import { rangeOf } from "./criteria";
import { useTags } from "./offers";
import { parse, replaced, toggled, type Key } from "./tokens";

const STATES = ["Scheduled", "Late", "Pending", "Running", "Paused", "Completed", "Failed", "Crashed", "Cancelled"];
const RANGES: [label: string, after: string, before: string][] = [
  ["Hour", "-1h", "+1h"],
  ["Day", "-1d", "+1d"],
  ["Week", "-7d", "+7d"],
  ["Month", "-30d", "+30d"],
];

/** Picks states, flows, deployments and times; what it picks are the tokens of the bar. */
export function FilterPanel({ text, onChange, onClose }: { text: string; onChange: (text: string) => void; onClose: () => void }) {
  const tokens = parse(text);
  const has = (key: Key, value: string) => tokens.some((token) => token.key === key && token.value.toLowerCase() === value.toLowerCase());
  const flows = useQuery(queries.flowsNamed(""));
  const deployments = useQuery(queries.deployments());
  const tags = useTags(true);
  const zone = useZone();
  const range = rangeOf(tokens, useMinute());
  const group = (title: string, key: Key, values: string[]) =>
    values.length > 0 && (
      <Chips legend={title} values={values} chosen={(value) => has(key, value)} onToggle={(value) => onChange(toggled(text, { key, value }))} />
    );
  return (
    <section aria-label="Filters" className="card absolute right-0 z-30 mt-1 flex w-full max-w-xl flex-col gap-4 p-4 shadow-[var(--shadow)]">
      <div className="flex items-center justify-between">
        <h2>Filters</h2>
        <Button kind="quiet" square aria-label="Close filters" onClick={onClose}>
          <Close />
        </Button>
      </div>
      {group("State", "state", STATES)}
      <fieldset>
        <legend className="mb-1.5 text-[12.5px] font-medium text-muted">Time, back and ahead</legend>
        <div className="flex gap-1.5">
          {RANGES.map(([label, after, before]) => (
            <Button key={label} aria-pressed={has("after", after)} onClick={() => onChange(replaced(replaced(text, "after", [after]), "before", [before]))}>
              {label}
            </Button>
          ))}
        </div>
        <div className="mt-2 grid gap-2 sm:grid-cols-2">
          {(["after", "before"] as const).map((key) => (
            <Field key={key} label={key === "after" ? "From" : "To"} hint={`In ${zone}`}>
              <input
                type="datetime-local"
                className="field"
                value={fieldOf(key === "after" ? range.start : range.end, zone)}
                onChange={(event) => {
                  const moment = momentIn(event.target.value, zone);
                  if (moment) onChange(replaced(text, key, [filterTime(moment)]));
                }}
              />
            </Field>
          ))}
        </div>
      </fieldset>
      {group("Tag", "tag", tags)}
      {group("Deployment", "deployment", [...new Set((deployments.data?.items ?? []).map((each) => each.name))].slice(0, 40))}
      {group("Flow", "flow", (flows.data?.items ?? []).map((each) => each.name).slice(0, 40))}
      <Button className="self-start" onClick={() => onChange("")}>
        Clear all
      </Button>
    </section>
  );
}
