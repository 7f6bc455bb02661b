import { useSyncExternalStore } from "react";
import { serverClock } from "./clock";

const listeners = new Set<() => void>();
let now = serverClock.now();
let timer: ReturnType<typeof setInterval> | undefined;

/**
 * The time of day, once a second; one clock for every component that shows a running time. 0 while it is not `wanted`,
 * and nothing is drawn again.
 */
export function useNow(wanted = true): number {
  return useSyncExternalStore(wanted ? subscribe : never, wanted ? () => now : () => 0);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    now = serverClock.now(); // the last reading is old
    timer = setInterval(tick, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (!listeners.size) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

const never = () => () => {};

function tick(): void {
  now = serverClock.now();
  for (const listener of listeners) listener();
}

serverClock.onChange(tick);

/** The time of day, once a minute: for requests, so that equal ones share a cache entry. */
export function useMinute(): number {
  return useSyncExternalStore(subscribeToMinutes, minute);
}

const minute = (): number => Math.floor(serverClock.now() / 60_000) * 60_000;

function subscribeToMinutes(listener: () => void): () => void {
  const timer = setInterval(listener, 5_000);
  const unhear = serverClock.onChange(listener);
  return () => {
    clearInterval(timer);
    unhear();
  };
}
