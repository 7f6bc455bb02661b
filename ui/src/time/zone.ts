import { useSyncExternalStore } from "react";

const KEY = "armillary.time_zone";
const listeners = new Set<() => void>();

/** The zone of this machine, by its IANA name. */
export const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

let zone = read();

/** The zone in which times are shown. */
export function useZone(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => zone,
  );
}

export function setZone(wanted: string): void {
  zone = wanted;
  localStorage.setItem(KEY, wanted);
  for (const listener of listeners) listener();
}

function read(): string {
  const kept = localStorage.getItem(KEY);
  try {
    if (kept) Intl.DateTimeFormat("en", { timeZone: kept });
    return kept ?? localZone();
  } catch {
    return localZone();
  }
}
