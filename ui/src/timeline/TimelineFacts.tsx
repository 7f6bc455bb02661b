import type { ReactNode } from "react";
import { classes } from "../components/classes";

/** A line of facts in the corner of the timeline. */
export function TimelineFacts({ children }: { children: ReactNode }) {
  return (
    <section
      aria-label="Summary"
      className={classes(
        "absolute bottom-3 left-3 z-10 flex max-w-[calc(100%-260px)] flex-wrap items-center gap-x-3 rounded-lg",
        "border border-line bg-[var(--raised)] px-3 py-2 shadow-[var(--shadow)]",
      )}
    >
      {children}
    </section>
  );
}
