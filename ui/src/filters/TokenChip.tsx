import { classes } from "../components/classes";
import { Close } from "../components/icons";
import { moment } from "../time/format";
import { faultOf, momentOf } from "./criteria";
import { formatToken, type Token } from "./tokens";

/** A token of the bar. An invalid one explains the syntax; a time shows its moment in the time zone. */
export function TokenChip({
  token,
  now,
  zone,
  onRemove,
}: {
  token: Token;
  now: number;
  zone: string;
  onRemove: () => void;
}) {
  const words = formatToken(token);
  const fault = faultOf(token, now, zone);
  const when = token.key === "after" || token.key === "before" ? momentOf(token.value, now, zone) : null;
  return (
    <span
      title={fault ?? (when ? `${moment(when, zone)} (${zone})` : words)}
      className={classes(
        "inline-flex h-6 max-w-full items-center gap-1 rounded-md pl-2 font-mono text-[12.5px]",
        fault ? "bg-[color-mix(in_srgb,var(--failed)_15%,var(--surface))] text-[var(--failed-ink)]" : "bg-accent-soft",
      )}
    >
      <span className="truncate">{words}</span>
      <button
        type="button"
        aria-label={`Remove ${words}`}
        onClick={onRemove}
        className="grid size-6 shrink-0 place-items-center rounded-md hover:bg-black/10"
      >
        <Close width={11} height={11} />
      </button>
    </span>
  );
}
