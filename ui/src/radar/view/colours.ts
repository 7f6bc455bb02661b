import type { StateType } from "../../api/types";

/** The theme's colours as a canvas needs them. */
export interface Colours {
  state: Record<string, string>;
  page: string;
  surface: string;
  line: string;
  strong: string;
  ink: string;
  muted: string;
  accent: string;
  upstream: string;
  downstream: string;
  /** The family of the pages' text. */
  font: string;
}

const NAMES: Record<StateType, string> = {
  COMPLETED: "--completed",
  FAILED: "--failed",
  CRASHED: "--crashed",
  RUNNING: "--running",
  SCHEDULED: "--scheduled",
  PENDING: "--pending",
  PAUSED: "--paused",
  CANCELLING: "--cancelled",
  CANCELLED: "--cancelled",
};

let known: { theme: string; colours: Colours } | null = null;

/** Cached until the theme changes: reading computed styles in every frame makes the browser compute them. */
export function coloursNow(): Colours {
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = `${document.documentElement.dataset["theme"] ?? ""} ${isDark}`;
  if (known?.theme !== theme) known = { theme, colours: read() };
  return known.colours;
}

function read(): Colours {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    state: Object.fromEntries(Object.entries(NAMES).map(([type, name]) => [type, of(name)])),
    page: of("--page"),
    surface: of("--surface"),
    line: of("--line"),
    strong: of("--line-strong"),
    ink: of("--ink"),
    muted: of("--muted"),
    accent: of("--accent"),
    upstream: of("--late"),
    downstream: of("--accent"),
    font: of("--font-text"),
  };
}
