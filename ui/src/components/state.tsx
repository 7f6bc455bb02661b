import { typeOf } from "../api/states";
import type { StateType } from "../api/types";
import { classes } from "./classes";
import { STATE_ICONS } from "./icons";

/** How a state is coloured and drawn: late runs apart from those whose time has not come. */
export type StateLook = keyof typeof STATE_ICONS;

export const lookOf = (type: StateType, name?: string | null): StateLook => (name === "Late" ? "LATE" : type);

/** The name of a state type, where its own name is not at hand. */
export const nameOf = (type: StateType): string => type[0] + type.slice(1).toLowerCase();

interface State {
  state_type: StateType;
  state_name: string | null;
}

export function StateBadge({ state_type, state_name }: State) {
  const look = lookOf(state_type, state_name);
  const Icon = STATE_ICONS[look];
  return (
    <span
      data-state={look}
      className={classes(
        "state-ink inline-flex h-[22px] shrink-0 items-center gap-1 rounded-full px-2 text-[12px] font-medium",
        "whitespace-nowrap",
      )}
      style={{ background: "color-mix(in srgb, var(--state) 16%, var(--surface))" }}
    >
      <Icon width={12} height={12} strokeWidth={2} />
      {state_name ?? nameOf(state_type)}
    </span>
  );
}

/** How a state is called of which only the name, or the type in capitals, is known. */
export const stateWords = (name: string): string => (name === typeOf(name) ? nameOf(name) : name);

/** A state of which only the name, or the type in capitals, is known. */
export function NamedState({ name }: { name: string }) {
  const type = typeOf(name) ?? "PENDING";
  return <StateBadge state_type={type} state_name={stateWords(name)} />;
}

/** A state as a round mark; its name is read by screen readers and shown on hover. */
export function StateDot({ state_type, state_name }: State) {
  const look = lookOf(state_type, state_name);
  const Icon = STATE_ICONS[look];
  return (
    <span
      data-state={look}
      role="img"
      aria-label={state_name ?? nameOf(state_type)}
      title={state_name ?? nameOf(state_type)}
      className="inline-grid size-[18px] shrink-0 place-items-center rounded-full text-white dark:text-black"
      style={{ background: "var(--state)", color: "var(--surface)" }}
    >
      <Icon width={11} height={11} strokeWidth={2.4} />
    </span>
  );
}
