import { useSyncExternalStore } from "react";
import { currentToasts, subscribeToToasts } from "./toast";

export function Toasts() {
  const shown = useSyncExternalStore(subscribeToToasts, currentToasts);
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
