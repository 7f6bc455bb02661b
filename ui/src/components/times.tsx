import { duration, moment, relative } from "../time/format";
import { useNow } from "../time/now";
import { useZone } from "../time/zone";

/** `exact`: to the millisecond. */
export function Moment({ at, exact = false }: { at: string | null | undefined; exact?: boolean }) {
  const zone = useZone();
  return at ? <time dateTime={at} title={`${at} (${zone})`} className="numeric whitespace-nowrap">{moment(at, zone, exact)}</time> : <span className="text-muted">–</span>;
}

/** `3 m ago`, with the moment itself on hover. */
export function Ago({ at }: { at: string }) {
  const now = useNow();
  const zone = useZone();
  return (
    <time dateTime={at} title={moment(at, zone)} className="numeric whitespace-nowrap">
      {relative(at, now)}
    </time>
  );
}

interface Timed {
  state_type: string;
  state_timestamp: string | null;
  total_run_time_seconds: number;
}

/** How long a run has been running; it ticks while it does. */
export function RunTime({ run }: { run: Timed }) {
  return run.state_type === "RUNNING" && run.state_timestamp ? <Ticking run={run} since={run.state_timestamp} /> : <span className="numeric">{duration(run.total_run_time_seconds)}</span>;
}

function Ticking({ run, since }: { run: Timed; since: string }) {
  const now = useNow();
  return <span className="numeric">{duration(run.total_run_time_seconds + Math.max(0, (now - new Date(since).getTime()) / 1000))}</span>;
}
