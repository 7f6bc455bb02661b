import type { ReactNode } from "react";

/** The head of what can be done with a row: read out, not seen. */
export const ACTIONS = "Actions";

/** A head over rows made of `Row` and `Cell`; wider than its card, it scrolls within it. */
export function Table({ label, heads, children }: { label: string; heads: readonly string[]; children: ReactNode }) {
  return (
    <div className="relative overflow-x-auto" tabIndex={0} role="group" aria-label={label}>
      <table className="w-full">
        <thead>
          <tr className="border-b border-line text-left text-[12.5px] text-muted">
            {heads.map((head) => (
              <th key={head} scope="col" className="px-4 py-2 font-medium whitespace-nowrap">
                {head === ACTIONS ? <span className="sr-only">{head}</span> : head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

export function Row({ children, className = "" }: { children: ReactNode; className?: string }) {
  return <tr className={`border-b border-line last:border-0 hover:bg-[var(--hover)] ${className}`}>{children}</tr>;
}

export function Cell({ children, className = "" }: { children?: ReactNode; className?: string }) {
  return <td className={`px-4 py-2 ${className}`}>{children}</td>;
}

/** What can be done with a row, at its end. */
export function RowActions({ children }: { children: ReactNode }) {
  return (
    <Cell>
      <span className="flex items-center justify-end gap-2">{children}</span>
    </Cell>
  );
}
