import type { StateType } from "../../api/types";

const FIRST: readonly string[] = ["FAILED", "CRASHED", "CANCELLED"];

/** The states of a group's members with failures first and then by creation, as the pages of its members come. */
export function failuresFirst(cells: string, letters: Record<string, StateType>): StateType[] {
  const before = FIRST.map((): StateType[] => []);
  const rest: StateType[] = [];
  for (const letter of cells) {
    const state = letters[letter] ?? "PENDING";
    (before[FIRST.indexOf(state)] ?? rest).push(state);
  }
  return [...before.flat(), ...rest];
}

/**
 * Columns and pixels of a cell for so many members: a hundred columns of 6 px for thousands, larger cells for fewer.
 */
export function gridFor(many: number, width: number): { columns: number; cell: number } {
  const cell = many <= 600 ? 14 : many <= 2400 ? 9 : 6;
  return { columns: Math.max(1, Math.floor(width / cell)), cell };
}
