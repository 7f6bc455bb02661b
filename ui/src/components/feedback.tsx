import type { ReactNode } from "react";
import { Link } from "@tanstack/react-router";
import { Problem } from "../api/client";
import { classes } from "./classes";
import { copy } from "./clipboard";
import { Button } from "./controls";
import { Sphere } from "./icons";

/** Nothing is here yet, and what to do so that something is. */
export function EmptyState({ title, children, command }: { title: string; children?: ReactNode; command?: string }) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      <Sphere width={30} height={30} strokeWidth={0.7} className="text-accent" />
      <p className="font-medium">{title}</p>
      {children && <p className="max-w-md text-muted">{children}</p>}
      {command && <Command>{command}</Command>}
    </div>
  );
}

/** A line to type into a terminal, to be copied with a click. */
export function Command({ children }: { children: string }) {
  return (
    <button
      type="button"
      title="Copy"
      onClick={() => void copy(children)}
      className={classes(
        "max-w-full overflow-x-auto rounded-md border border-line bg-page px-2.5 py-1 text-left font-mono",
        "text-[12.5px] whitespace-nowrap hover:border-[var(--line-strong)]",
      )}
    >
      {children}
    </button>
  );
}

/** What went wrong, in the server's words, and what to do. */
export function ErrorState({ error, retry }: { error: unknown; retry?: () => void }) {
  const advice = error instanceof Problem ? error.advice : "";
  const missing = error instanceof Problem && error.status === 404;
  return (
    <div role="alert" className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      {missing ? <h1 className="text-[15px]">Not found</h1> : <p className="font-medium">Could not load this</p>}
      <p className="max-w-lg break-words text-muted">{error instanceof Error ? error.message : String(error)}</p>
      {advice && <p className="max-w-lg text-muted">{advice}</p>}
      {missing && (
        <p>
          <Link to="/" className="link">
            Go to the dashboard
          </Link>
        </p>
      )}
      {retry && !missing && <Button onClick={retry}>Try again</Button>}
    </div>
  );
}

/** The server's error message for a form. */
export function Fault({ error }: { error: unknown }) {
  if (!error) return null;
  return (
    <p role="alert" className="break-words text-[var(--failed-ink)]">
      {error instanceof Error ? error.message : String(error)} {error instanceof Problem && error.advice}
    </p>
  );
}

/** Keeps the place of what is coming; seen only when it takes longer than 200 ms. */
export function Loading({ height = 160 }: { height?: number }) {
  return (
    <div role="status" aria-label="Loading" className="delayed grid place-items-center" style={{ height }}>
      <Sphere width={22} height={22} strokeWidth={0.9} className="text-accent [animation:turn_2.4s_linear_infinite]" />
    </div>
  );
}

interface Reading<T> {
  data: T | undefined;
  error: unknown;
  refetch: () => unknown;
}

/** Renders the data of a query: a placeholder while it loads, and an error state with advice. */
export function Read<T>({
  query,
  height,
  children,
}: {
  query: Reading<T>;
  height?: number;
  children: (data: T) => ReactNode;
}) {
  const isGone = query.error instanceof Problem && query.error.status === 404;
  if (query.data !== undefined && !isGone) return <>{children(query.data)}</>;
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return <Loading {...(height === undefined ? {} : { height })} />;
}
