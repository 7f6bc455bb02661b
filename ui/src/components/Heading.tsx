import type { ReactNode } from "react";

/** The head of a page: what it is, and what can be done. */
export function Heading({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <header className="flex min-h-[34px] flex-wrap items-center gap-3">
      <h1 title={typeof title === "string" ? title : undefined} className="mr-auto max-w-full min-w-0 truncate text-xl">
        {title}
      </h1>
      {children}
    </header>
  );
}

export function NameFilter({ value, onChange, label }: { value: string; onChange: (text: string) => void; label: string }) {
  return <input data-search type="search" aria-label={label} placeholder={label} value={value} onChange={(event) => onChange(event.target.value)} className="field w-64" />;
}
