import { useSyncExternalStore } from "react";

const KEY = "armillary.time_zone";
const listeners = new Set<() => void>();

/** The zone of this machine, by its IANA name. */
export const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

let zone = read();

/** The zone in which times are shown. */
export function useZone(): string {
  return useSyncExternalStore(
    (told) => {
      listeners.add(told);
      return () => listeners.delete(told);
    },
    () => zone,
  );
}

export function setZone(wanted: string): void {
  zone = wanted;
  localStorage.setItem(KEY, wanted);
  for (const told of listeners) told();
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
