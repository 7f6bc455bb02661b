import { STATE_NAMES } from "./stateNames";
import type { StateType } from "./types";

export const STATE_TYPES = Object.keys(STATE_NAMES) as StateType[];

/** State names that are not their type's own, such as Late. */
export const NARROWER_NAMES: readonly string[] = Object.values(STATE_NAMES).flatMap((names) => names.slice(1));

/** The type of a state's name, or of a type in capitals. */
export const typeOf = (name: string): StateType | undefined =>
  STATE_TYPES.find((type) => type === name.toUpperCase() || STATE_NAMES[type].includes(name));
