import { duration, moment, relative } from "../time/format";
import { elapsedSeconds, type Timed } from "../time/elapsed";
import { useNow } from "../time/now";
import { useZone } from "../time/zone";

/** `exact`: to the millisecond. */
export function Moment({ at, exact = false }: { at: string | null | undefined; exact?: boolean }) {
  const zone = useZone();
  return at ? (
    <time dateTime={at} title={`${at} (${zone})`} className="numeric whitespace-nowrap">
      {moment(at, zone, exact)}
    </time>
  ) : (
    <span className="text-muted">–</span>
  );
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

/** A run's duration, which ticks until it ends. */
export function RunTime({ run }: { run: Timed }) {
  if (run.start_time === null) return <span className="text-muted">–</span>;
  return run.end_time === null ? (
    <Ticking run={run} />
  ) : (
    <span className="numeric">{duration(elapsedSeconds(run, 0))}</span>
  );
}

function Ticking({ run }: { run: Timed }) {
  return <span className="numeric">{duration(elapsedSeconds(run, useNow()))}</span>;
}
