import { offset } from "./calendar";

/**
 * The moment that a field of date and time says, by the clocks of a zone: `2022-06-15T03:51`. Null where it says none.
 */
export function momentIn(text: string, zone: string): Date | null {
  const read = Date.parse(`${text}Z`);
  if (Number.isNaN(read)) return null;
  // The offset is that of the moment itself, which is not known before the offset is: a second look is enough.
  const near = read - offset(read, zone) * 60_000;
  return new Date(read - offset(near, zone) * 60_000);
}

/** What a field of date and time holds for a moment, by the clocks of a zone. */
export const fieldOf = (moment: Date, zone: string): string =>
  new Date(moment.getTime() + offset(moment.getTime(), zone) * 60_000).toISOString().slice(0, 16);

/** A moment as a filter says it: to the minute, in UTC. */
export const filterTime = (moment: Date): string => `${moment.toISOString().slice(0, 16)}Z`;
