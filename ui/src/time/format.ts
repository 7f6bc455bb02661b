/** Seconds in words: `0.4 s`, `12 s`, `3m 5s`, `2h 4m`, `3d 1h`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds == null || !Number.isFinite(seconds)) return "–";
  const negative = seconds < 0 ? "−" : "";
  const size = Math.abs(seconds);
  if (size === 0) return "0 s";
  if (size < 0.0995) return `${negative}${Math.max(1, Math.round(size * 1000))} ms`;
  if (size < 9.95) return `${negative}${size.toFixed(1)} s`;
  const whole = Math.round(size);
  if (whole < 60) return `${negative}${whole} s`;
  const [large, small] = whole < 3600 ? [60, 1] : whole < 86_400 ? [3600, 60] : [86_400, 3600];
  const units: Record<number, string> = { 86400: "d", 3600: "h", 60: "m", 1: "s" };
  const rest = Math.floor((whole % large) / small);
  return `${negative}${Math.floor(whole / large)}${units[large]}${rest ? ` ${rest}${units[small]}` : ""}`;
}

/** `in 5 m`, `3 h ago`, `now`. */
export function relative(when: string | Date, now: number): string {
  const seconds = (new Date(when).getTime() - now) / 1000;
  if (Math.abs(seconds) < 1) return "now";
  const words = duration(Math.abs(seconds)).split(" ");
  const first = Math.abs(seconds) < 60 ? `${Math.round(Math.abs(seconds))} s` : words[0]!;
  return seconds > 0 ? `in ${first}` : `${first} ago`;
}

/** Whole numbers with separators: `12,345`. */
export const count = (value: number): string => value.toLocaleString("en");

export function plural(many: number, one: string, more = `${one}s`): string {
  return `${count(many)} ${many === 1 ? one : more}`;
}

/** A point in time in a zone, to the second: `Jun 15 2022, 03:51:00`. */
export function moment(when: string | Date | null | undefined, zone: string, exact = false): string {
  return when == null
    ? "–"
    : format(zone, "moment", { year: "numeric", month: "short", day: "numeric", ...CLOCK }).format(new Date(when)) +
        (exact ? milliseconds(when) : "");
}

export function day(when: string | Date, zone: string): string {
  return format(zone, "day", { weekday: "short", year: "numeric", month: "short", day: "numeric" }).format(
    new Date(when),
  );
}

export function clock(when: string | Date, zone: string, fraction = false): string {
  const text = format(zone, "clock", CLOCK).format(new Date(when));
  return fraction ? text + milliseconds(when) : text;
}

const milliseconds = (when: string | Date): string =>
  `.${String(new Date(when).getUTCMilliseconds()).padStart(3, "0")}`;

/** The label of an axis that spans `milliseconds`. */
export function tick(when: number, zone: string, milliseconds: number): string {
  const date = new Date(when);
  if (milliseconds < 10_000) {
    const second = format(zone, "second", { second: "2-digit" }).format(date);
    return `${second}.${String(date.getMilliseconds()).padStart(3, "0")}`;
  }
  if (milliseconds < 10 * 60_000) return format(zone, "clock", CLOCK).format(date);
  if (milliseconds <= 36 * 3_600_000)
    return format(zone, "minute", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(date);
  if (milliseconds <= 8 * 86_400_000)
    return format(zone, "weekday", { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(
      date,
    );
  return format(zone, "date", { month: "short", day: "numeric" }).format(date);
}

const CLOCK: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, kind: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${kind}`;
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat("en-US", { ...options, timeZone: zone })));
  return found;
}
