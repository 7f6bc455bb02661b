import { STATE_NAMES } from "../api/stateNames";
import { STATE_TYPES } from "../api/states";
import type { Criteria, StateType } from "../api/types";
import { momentIn } from "../time/local";
import type { Token } from "./tokens";

const DAY_MS = 86_400_000;
const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS };

/** From when to when the filters look, by default a day back and a day ahead. */
export interface Range {
  start: Date;
  end: Date;
}

/** `zone`: whose clocks a time goes by that names none. */
export function rangeOf(tokens: readonly Token[], now: number, zone: string): Range {
  const last = (key: string) => tokens.findLast((token) => token.key === key);
  const start = momentOf(last("after")?.value, now, zone) ?? new Date(now - DAY_MS);
  const end = momentOf(last("before")?.value, now, zone) ?? new Date(Math.max(now, start.getTime()) + DAY_MS);
  return { start, end };
}

const MOMENT = /^\d{4}-\d\d-\d\d(?<clock>[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?<offset>Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * `2022-06-15` or `2022-06-15T03:51` by the clocks of the zone, `2022-06-15T03:51Z`, or a time from now: `-3d`, `+12h`.
 */
export function momentOf(text: string | undefined, now: number, zone: string): Date | null {
  if (text === undefined) return null;
  const relative = /^([+-]?)(\d{1,5})([smhdw])$/i.exec(text);
  if (relative)
    return new Date(now + (relative[1] === "+" ? 1 : -1) * Number(relative[2]) * UNITS[relative[3]!.toLowerCase()]!);
  const parts = MOMENT.exec(text)?.groups;
  if (!parts) return null;
  if (!parts["offset"]) return momentIn(parts["clock"] ? text : `${text}T00:00`, zone);
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? null : moment;
}

/** Why a token means nothing; null: it does. */
export function faultOf({ key, value }: Token, now: number, zone: string): string | null {
  if ((key === "after" || key === "before") && !momentOf(value, now, zone))
    return "Write a date such as 2022-06-15, or a time from now such as -3d";
  if (key === "state" && !stateOf(value)) return `Unknown state: ${value}`;
  return null;
}

/**
 * The criteria of flow runs that say what the tokens say. Times are to the minute, so that equal questions are asked
 * once. Listings of flows and deployments take them too: then those are listed that have such a run.
 */
export function criteriaOf(tokens: readonly Token[], now: number, zone: string): Criteria {
  return { flow_runs: { ...expected(tokens, now, zone), ...own(tokens) }, ...belonging(tokens) };
}

/**
 * The criteria of task runs: state, tags and name are those of the task runs themselves; flow, deployment and time are
 * those of the flow run that they are in, so that a flow run and its task runs are listed for the same time.
 */
export function taskRunCriteriaOf(tokens: readonly Token[], now: number, zone: string): Criteria {
  const taskRuns = own(tokens);
  return {
    flow_runs: expected(tokens, now, zone),
    ...(Object.keys(taskRuns).length ? { task_runs: taskRuns } : {}),
    ...belonging(tokens),
  };
}

const valuesOf = (tokens: readonly Token[], key: string): string[] =>
  tokens.filter((token) => token.key === key).map((token) => token.value);

function expected(
  tokens: readonly Token[],
  now: number,
  zone: string,
): Pick<NonNullable<Criteria["flow_runs"]>, "expected_start_time"> {
  const { start, end } = rangeOf(tokens, Math.floor(now / 60_000) * 60_000, zone);
  return { expected_start_time: { after_: start.toISOString(), before_: end.toISOString() } };
}

function belonging(tokens: readonly Token[]): Criteria {
  const flows = valuesOf(tokens, "flow");
  const deployments = valuesOf(tokens, "deployment");
  return {
    ...(flows.length ? { flows: { name: { any_: flows } } } : {}),
    ...(deployments.length ? { deployments: { name: { any_: deployments } } } : {}),
  };
}

/** Criteria on the listed runs themselves, which flow runs and task runs have in common. */
type Own = Pick<NonNullable<Criteria["flow_runs"]>, "state" | "tags" | "name"> &
  Pick<NonNullable<Criteria["task_runs"]>, "state" | "tags" | "name">;

function own(tokens: readonly Token[]): Own {
  const found: Own = {};
  const states = valuesOf(tokens, "state")
    .map(stateOf)
    .filter((state) => state !== null);
  const types = states.flatMap((state) => state.types);
  const names = states.flatMap((state) => state.names);
  if (types.join() === "SCHEDULED" && !names.length) {
    // Late runs are of that type too, but they are not what is still to come.
    found.state = { type: { any_: types }, name: { not_any_: ["Late"] } };
  } else if (types.length || names.length) {
    found.state = {
      operator: "or_",
      ...(types.length ? { type: { any_: types } } : {}),
      ...(names.length ? { name: { any_: names } } : {}),
    };
  }
  const tags = valuesOf(tokens, "tag");
  if (tags.length) found.tags = { all_: tags };
  const words = valuesOf(tokens, "name");
  if (words.length) found.name = { all_like_: words };
  return found;
}

/** The value of `state:` is a type or a name. A name equal to its type means the type. */
function stateOf(text: string): { types: StateType[]; names: string[] } | null {
  const upper = text.toUpperCase();
  const type = STATE_TYPES.find((each) => each === upper);
  if (type) return { types: [type], names: [] };
  const name = Object.values(STATE_NAMES)
    .flat()
    .find((each) => each.toUpperCase() === upper);
  return name ? { types: [], names: [name] } : null;
}
