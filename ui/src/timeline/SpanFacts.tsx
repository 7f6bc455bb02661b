import { Link } from "@tanstack/react-router";
import { nameOf } from "../components/state";
import { duration } from "../time/format";
import { TimelineFacts } from "./TimelineFacts";
import type { Spans } from "./spans";

const NOTICED_MS = 1;

/** One span in words: its duration, what of that lay between its tries, and how long it waited before it started. */
export function SpanFacts({ spans, at, now }: { spans: Spans; at: number; now: number }) {
  const state = spans.states[spans.state[at]!]!;
  const { before, whole, between, tries } = timesOf(spans, at, now);
  return (
    <TimelineFacts>
      <span data-state={state} title={nameOf(state)} className="state-fill size-2.5 shrink-0 rounded-full" />
      <Link
        to="/runs/task-run/$id"
        params={{ id: spans.ids[at]! }}
        className="min-w-0 truncate font-medium hover:underline"
      >
        {spans.names[at]}
      </Link>
      <span className="numeric whitespace-nowrap text-muted">
        {duration(whole / 1000)}
        {tries > 1 && ` with ${tries} tries`}
        {between > NOTICED_MS && ` and ${duration(between / 1000)} between them`}
        {before > NOTICED_MS && ` · ${duration(before / 1000)} before it started`}
      </span>
    </TimelineFacts>
  );
}

/**
 * Milliseconds from creation to start, from start to end, and of the latter what lay between tries; and how many tries
 * there were.
 */
export function timesOf(
  spans: Spans,
  at: number,
  now: number,
): { before: number; whole: number; between: number; tries: number } {
  const start = spans.start[at]!;
  const end = Number.isNaN(spans.end[at]) ? Math.max(start, now - spans.origin) : spans.end[at]!;
  const [from, until] = [spans.triesFrom[at]!, spans.triesFrom[at + 1]!];
  let running = 0;
  for (let each = from; each < until; each++)
    running += (Number.isNaN(spans.tryEnd[each]) ? end : spans.tryEnd[each]!) - spans.tryStart[each]!;
  return {
    before: Math.max(0, start - spans.created[at]!),
    whole: end - start,
    between: until > from ? Math.max(0, end - start - running) : 0,
    tries: Math.max(1, until - from),
  };
}
