import type { ReactNode } from "react";

interface Props {
  title: string;
  /** A link to what it belongs to, before it. */
  of?: ReactNode;
  /** What can be done. */
  children?: ReactNode;
}

/** The head of a page: what it is, and what can be done. */
export function Heading({ title, of, children }: Props) {
  return (
    <header className="flex min-h-[34px] flex-wrap items-center gap-3">
      <h1 className="mr-auto flex max-w-full min-w-0 items-center gap-2 text-xl">
        {of && (
          <>
            <span className="min-w-[4ch] shrink-[3] truncate font-normal text-muted">{of}</span>
            <span className="text-muted">/</span>
          </>
        )}
        <span title={title} className="min-w-0 truncate">
          {title}
        </span>
      </h1>
      {children && <div className="ml-auto flex max-w-full flex-wrap items-center justify-end gap-3">{children}</div>}
    </header>
  );
}

export function NameFilter({
  value,
  onChange,
  label,
}: {
  value: string;
  onChange: (text: string) => void;
  label: string;
}) {
  return (
    <input
      data-search
      type="search"
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className="field w-64 max-w-full"
    />
  );
}
