/**
 * The selection as the address holds it: entries separated by commas. An entry is the way to a task run from outside
 * inwards, ids with `~` between them:
 *
 *   a            a node, with all task runs that it stands for
 *   g~m          one of those that the node g stands for
 *   s~m, s~g~m   one that ran in the subflow s
 *
 * Radar marks the innermost id that it draws and describes the last; Timeline marks the last. So an entry still leads
 * somewhere after a subflow was closed or the graph has grouped what it drew apart.
 */
export type Entry = readonly string[];

/** An entry as the graph draws it: the node that it is or is in, and which task run in it; null: all of them. */
export interface Choice {
  entry: Entry;
  node: number;
  member: string | null;
}

export const parseEntries = (text: string | undefined): Entry[] =>
  (text ?? "")
    .split(",")
    .map((way) => way.split("~").filter(Boolean))
    .filter((entry) => entry.length > 0);

export const formatEntries = (entries: readonly Entry[]): string | undefined =>
  entries.map((entry) => entry.join("~")).join(",") || undefined;

/** `places`: the nodes that are drawn, by id. Null: none of them is on the way. */
export function choiceOf(entry: Entry, places: ReadonlyMap<string, number>): Choice | null {
  const id = entry.findLast((each) => places.has(each));
  if (id === undefined) return null;
  // A group has its first member's id, which then comes twice.
  const within = entry.slice(entry.indexOf(id) + 1);
  return { entry, node: places.get(id)!, member: within.at(-1) ?? null };
}

/** The last id of an entry, and whether it is a task run even where a group has the same id. */
export const aimOf = (entry: Entry): { id: string; isOne: boolean } => ({
  id: entry.at(-1)!,
  isOne: entry.at(-1) === entry.at(-2),
});

/**
 * One more, or without it if it was there. What is within another narrows that; what others are within takes them in.
 */
export function toggleEntry(entries: readonly Entry[], one: Entry): Entry[] {
  const rest = entries.filter((each) => !startsWith(each, one) && !startsWith(one, each));
  return entries.some((each) => each.length === one.length && startsWith(each, one)) ? rest : [...rest, one];
}

const startsWith = (entry: Entry, beginning: Entry): boolean => beginning.every((id, at) => entry[at] === id);
