import { Link } from "@tanstack/react-router";
import { Expand } from "./icons";

/** Leads from the small picture of a run to the page of it. */
export function OpenView({ run, view, label }: { run: string; view: "radar" | "timeline"; label: string }) {
  return (
    <Link
      to="/runs/flow-run/$id/radar"
      params={{ id: run }}
      search={{ view }}
      aria-label={label}
      title={label}
      className="grid size-7 place-items-center rounded-md text-muted hover:bg-[var(--hover)] hover:text-ink"
    >
      <Expand />
    </Link>
  );
}
