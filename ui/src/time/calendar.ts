/** A day of a calendar in some zone. `clockChange` is by how many minutes its clocks go forward. */
export interface Day<T> {
  date: string;
  label: string;
  items: T[];
  clockChange: number;
}

export interface Week<T> {
  days: Day<T>[];
}

const DAY_MS = 86_400_000;

/** Weeks from Monday to Sunday, from the first item's to the last one's. */
export function calendarOf<T>(items: readonly T[], at: (item: T) => string, zone: string): Week<T>[] {
  const byDate = new Map<string, T[]>();
  for (const item of items) {
    const date = dateIn(at(item), zone);
    byDate.set(date, [...(byDate.get(date) ?? []), item]);
  }
  const dates = [...byDate.keys()].sort();
  if (!dates.length) return [];
  const first = Date.parse(dates[0]!);
  const last = Date.parse(dates.at(-1)!);
  const monday = first - ((new Date(first).getUTCDay() + 6) % 7) * DAY_MS;
  const weeks: Week<T>[] = [];
  for (let start = monday; start <= last; start += 7 * DAY_MS) {
    const days = Array.from({ length: 7 }, (_, index): Day<T> => {
      const date = new Date(start + index * DAY_MS).toISOString().slice(0, 10);
      return { date, label: label(date), items: byDate.get(date) ?? [], clockChange: clockChange(date, zone) };
    });
    if (days.some((day) => day.items.length)) weeks.push({ days });
  }
  return weeks;
}

const label = (date: string): string =>
  new Date(date).toLocaleDateString("en", { timeZone: "UTC", weekday: "short", day: "numeric", month: "short" });

/** The day of a moment in a zone, as `2022-06-15`. */
export const dateIn = (at: number | string, zone: string): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(
    new Date(at),
  );

/**
 * Minutes that the zone's offset grows by within a local day. Clocks that change at midnight belong to the day that
 * begins then.
 */
function clockChange(date: string, zone: string): number {
  const begins = Date.parse(date);
  return offset(midnight(begins + DAY_MS, zone) - 1, zone) - offset(midnight(begins, zone) - 1, zone);
}

/** When the local day begins whose date is that of `at` in UTC. */
function midnight(at: number, zone: string): number {
  const near = at - offset(at, zone) * 60_000;
  return at - offset(near, zone) * 60_000;
}

/** Minutes that a zone's clocks are ahead of UTC at a moment. */
export function offset(at: number, zone: string): number {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    })
      .formatToParts(at)
      .map((part) => [part.type, Number(part.value)]),
  );
  return Math.round(
    (Date.UTC(parts["year"]!, parts["month"]! - 1, parts["day"], parts["hour"], parts["minute"], parts["second"]) -
      at) /
      60_000,
  );
}
