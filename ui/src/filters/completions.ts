import { STATE_NAMES } from "../api/stateNames";
import { formatToken, type Key, KEYS } from "./tokens";

const MOST = 8;
const BACK = ["-1h", "-12h", "-1d", "-7d", "-30d"];
const AHEAD = ["+1h", "+12h", "+1d", "+7d"];

/** Names that are known, of what a filter may ask for. */
export interface KnownNames {
  flows: readonly string[];
  deployments: readonly string[];
  tags: readonly string[];
}

/** The key and the part of its value that a word being typed has; of a word without a key, only the part. */
export function wordOf(typed: string): { key: Key | null; part: string } {
  const [, word, part] = /^([a-z]+):"?(.*)$/i.exec(typed) ?? [];
  const key = KEYS.find((each) => each === word?.toLowerCase()) ?? null;
  return { key, part: key ? part! : typed };
}

/**
 * What the word being typed may become: a key that needs a value yet ends with a colon. Of a bare word: keys, and
 * tokens that it fits.
 */
export function completions(typed: string, known: KnownNames): string[] {
  if (!typed) return [];
  const { key, part } = wordOf(typed);
  const values: Record<Key, readonly string[]> = {
    state: Object.values(STATE_NAMES)
      .flat()
      .map((name) => name.toLowerCase()),
    flow: known.flows,
    deployment: known.deployments,
    tag: known.tags,
    after: BACK,
    before: AHEAD,
  };
  const fits = (of: Key): string[] =>
    [...new Set(values[of])]
      .filter((value) => value.toLowerCase().includes(part.toLowerCase()))
      .map((value) => formatToken({ key: of, value }));
  if (key) return fits(key).slice(0, MOST);
  const keys = KEYS.filter((each) => each.startsWith(part.toLowerCase())).map((each) => `${each}:`);
  const tokens =
    part.length < 2 ? [] : (["state", "flow", "deployment", "tag"] as const).flatMap((of) => fits(of).slice(0, 3));
  return [...keys, ...tokens].slice(0, MOST);
}
