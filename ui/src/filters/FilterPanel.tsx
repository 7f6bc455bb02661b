import * as Radix from "@radix-ui/react-popover";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import * as queries from "../api/queries";
import { Chips } from "../components/Chips";
import { classes } from "../components/classes";
import { Button, Field } from "../components/controls";
import { Close, Filter } from "../components/icons";
import { usePageActions } from "../shell/pageActions";
import { fieldOf, filterTime, momentIn } from "../time/local";
import { useMinute } from "../time/now";
import { useZone } from "../time/zone";
import { rangeOf } from "./criteria";
import { useTags } from "./offers";
import { parseTokens, replaceTokens, toggleToken, type Key } from "./tokens";

const STATES = ["Scheduled", "Late", "Pending", "Running", "Paused", "Completed", "Failed", "Crashed", "Cancelled"];
const RANGES: [label: string, after: string, before: string][] = [
  ["Hour", "-1h", "+1h"],
  ["Day", "-1d", "+1d"],
  ["Week", "-7d", "+7d"],
  ["Month", "-30d", "+30d"],
];

interface Props {
  text: string;
  onChange: (text: string) => void;
}

/** Picks states, times, tags, deployments and flows; what it picks are the tokens of the bar. */
export function FilterPanel(props: Props) {
  const [open, setOpen] = useState(false);
  usePageActions([{ label: "Pick filters …", run: () => setOpen(true) }]);
  return (
    <Radix.Root open={open} onOpenChange={setOpen}>
      <Radix.Trigger asChild>
        <Button kind="quiet">
          <Filter /> <span className="sr-only sm:not-sr-only">Filters</span>
        </Button>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label="Filters"
          align="end"
          alignOffset={-8}
          sideOffset={9}
          collisionPadding={8}
          className={classes(
            "card z-30 flex max-h-[var(--radix-popover-content-available-height)] w-[min(36rem,calc(100vw-1rem))]",
            "flex-col gap-4 overflow-y-auto p-4 shadow-[var(--shadow)]",
          )}
        >
          <Picks {...props} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Picks({ text, onChange }: Props) {
  const tokens = parseTokens(text);
  const has = (key: Key, value: string) =>
    tokens.some((token) => token.key === key && token.value.toLowerCase() === value.toLowerCase());
  const flows = useQuery(queries.flowsNamed(""));
  const deployments = useQuery(queries.deployments());
  const tags = useTags(true);
  const zone = useZone();
  const range = rangeOf(tokens, useMinute(), zone);
  const group = (title: string, key: Key, values: string[]) =>
    values.length > 0 && (
      <Chips
        legend={title}
        values={values}
        chosen={(value) => has(key, value)}
        onToggle={(value) => onChange(toggleToken(text, { key, value }))}
      />
    );
  return (
    <>
      <div className="flex items-center justify-between">
        <h2>Filters</h2>
        <Radix.Close asChild>
          <Button kind="quiet" square aria-label="Close filters">
            <Close />
          </Button>
        </Radix.Close>
      </div>
      {group("State", "state", STATES)}
      <fieldset>
        <legend className="mb-1.5 text-[12.5px] font-medium text-muted">Time range, past and future</legend>
        <div className="flex gap-1.5">
          {RANGES.map(([label, after, before]) => (
            <Button
              key={label}
              aria-pressed={has("after", after)}
              onClick={() => onChange(replaceTokens(replaceTokens(text, "after", [after]), "before", [before]))}
            >
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
                  if (moment) onChange(replaceTokens(text, key, [filterTime(moment)]));
                }}
              />
            </Field>
          ))}
        </div>
      </fieldset>
      {group("Tag", "tag", tags)}
      {group(
        "Deployment",
        "deployment",
        [...new Set((deployments.data?.items ?? []).map((each) => each.name))].slice(0, 40),
      )}
      {group("Flow", "flow", (flows.data?.items ?? []).map((each) => each.name).slice(0, 40))}
      <Button className="self-start" onClick={() => onChange("")}>
        Clear all
      </Button>
    </>
  );
}
