import { useQuery } from "@tanstack/react-query";
import * as queries from "../../api/queries";
import { classes } from "../../components/classes";
import type { StateLook } from "../../components/state";
import { Filter, STATE_ICONS } from "../../components/icons";
import { criteriaOf } from "../../filters/criteria";
import { parseTokens, replaceTokens } from "../../filters/tokens";
import { count } from "../../time/format";
import { useMinute } from "../../time/now";
import { useZone } from "../../time/zone";

const CARDS: { label: string; look: StateLook; states: string[] }[] = [
  { label: "Failed or crashed runs", look: "FAILED", states: ["failed", "crashed"] },
  { label: "Late runs", look: "LATE", states: ["late"] },
  { label: "Upcoming runs", look: "SCHEDULED", states: ["scheduled"] },
];

/** Three counts, each of what its click lists. */
export function CountCards({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  return (
    <div className="grid grid-cols-3 gap-2 sm:gap-4">
      {CARDS.map((card) => (
        <CountCard key={card.label} {...card} text={text} onChange={onChange} />
      ))}
    </div>
  );
}

function CountCard({
  label,
  look,
  states,
  text,
  onChange,
}: (typeof CARDS)[number] & { text: string; onChange: (text: string) => void }) {
  const now = useMinute();
  const wanted = replaceTokens(text, "state", states);
  const criteria = criteriaOf(parseTokens(wanted), now, useZone());
  const { data: many, error } = useQuery(queries.flowRunCount(criteria));
  const Icon = STATE_ICONS[look];
  return (
    <button
      type="button"
      data-state={look}
      onClick={() => onChange(wanted)}
      className={classes(
        "card group flex h-[62px] min-w-0 flex-wrap content-center items-center gap-x-3 px-3 sm:px-4 text-left",
        "hover:border-[var(--line-strong)]",
      )}
    >
      <span
        className="state-ink grid size-6 place-items-center rounded-lg"
        style={{ background: "color-mix(in srgb, var(--state) 16%, var(--surface))" }}
      >
        <Icon />
      </span>
      <span className="text-[22px] leading-none font-semibold tabular-nums">
        {many === undefined ? error ? <span title={error.message}>?</span> : " " : count(many)}
      </span>
      <span className="truncate text-[12px] text-muted max-sm:w-full sm:text-[13.5px]">{label}</span>
      <Filter
        className={classes(
          "ml-auto hidden text-muted opacity-0 sm:block transition-opacity group-hover:opacity-100",
          "group-focus-visible:opacity-100",
        )}
      />
    </button>
  );
}
