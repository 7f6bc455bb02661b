import { Problem } from "../api/client";

export interface Toast {
  id: number;
  text: string;
  bad: boolean;
}

let toasts: Toast[] = [];
let next = 0;
const listeners = new Set<() => void>();

/** Shows a message for some seconds. */
export function notify(text: string): void {
  show(text, false);
}

/** Shows an error with its advice. */
export function notifyError(error: unknown): void {
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
  for (const listener of listeners) listener();
}

export const currentToasts = (): readonly Toast[] => toasts;

export function subscribeToToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
