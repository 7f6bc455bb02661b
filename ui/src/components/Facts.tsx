import type { ReactNode } from "react";
import { copy } from "./clipboard";
import { Button } from "./controls";
import { Copy } from "./icons";

/** Names and values, in two columns. */
export function Facts({ facts }: { facts: [name: string, value: ReactNode][] }) {
  return (
    <dl className="grid gap-x-6 gap-y-1.5 px-4 pb-4 sm:grid-cols-[fit-content(45%)_minmax(0,1fr)]">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="min-w-0 wrap-anywhere max-sm:mb-1.5 [&_time]:whitespace-normal">
            {value === null || value === "" ? <span className="text-muted">–</span> : value}
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function CopyButton({ text, label }: { text: string; label: string }) {
  return (
    <Button kind="quiet" onClick={() => void copy(text)}>
      <Copy /> {label}
    </Button>
  );
}

/** A value as JSON, as it is: never as HTML. */
export function Json({ value }: { value: unknown }) {
  return (
    <pre className="overflow-x-auto font-mono text-[12.5px] leading-relaxed whitespace-pre-wrap break-words">
      {JSON.stringify(value, null, 2)}
    </pre>
  );
}
