import { useSyncExternalStore } from "react";
import { Problem } from "../api/client";

interface Toast {
  id: number;
  text: string;
  bad: boolean;
}

let toasts: Toast[] = [];
let next = 0;
const listeners = new Set<() => void>();

/** Say for some seconds that something was done. */
export function say(text: string): void {
  show(text, false);
}

/** Say what could not be done, and why. */
export function complain(error: unknown): void {
  const advice = error instanceof Problem && error.advice ? ` ${error.advice}` : "";
  show((error instanceof Error ? error.message : String(error)) + advice, true);
}

function show(text: string, bad: boolean): void {
  const toast = { id: next++, text, bad };
  toasts = [...toasts.slice(-3), toast];
  setTimeout(() => change(toasts.filter((each) => each !== toast)), bad ? 12_000 : 5_000);
  change(toasts);
}

function change(to: Toast[]): void {
  toasts = to;
  for (const told of listeners) told();
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (told) => {
      listeners.add(told);
      return () => listeners.delete(told);
    },
    () => toasts,
  );
  return (
    <div role="status" aria-live="polite" className="fixed right-5 bottom-5 z-[60] flex max-w-md flex-col gap-2">
      {shown.map((toast) => (
        <div
          key={toast.id}
          className="rounded-lg border border-line bg-[var(--raised)] px-4 py-2.5 shadow-[var(--shadow)]"
          style={{ borderLeft: `4px solid var(--${toast.bad ? "failed" : "completed"})` }}
        >
          {toast.text}
        </div>
      ))}
    </div>
  );
}
