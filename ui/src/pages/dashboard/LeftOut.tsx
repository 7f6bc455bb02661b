import type { ReactNode } from "react";
import { count, plural } from "../../time/format";

interface Props {
  listed: number | undefined;
  all: number | undefined;
  noun: string;
  /** What leads to all of them. */
  children: ReactNode;
}

/** How many have no run that matches, and so are not listed. */
export function LeftOut({ listed, all, noun, children }: Props) {
  if (listed === undefined || all === undefined || all <= listed) return null;
  return (
    <p className="flex h-9 items-center gap-1.5 border-b border-line px-4 text-[12.5px] text-muted">
      {count(listed)} of {plural(all, noun)} {listed === 1 ? "has" : "have"} a run that matches · {children}
    </p>
  );
}
