import {
  type AriaAttributes,
  type ButtonHTMLAttributes,
  cloneElement,
  type ReactElement,
  type ReactNode,
  useId,
} from "react";
import { classes } from "./classes";

type Kind = "plain" | "primary" | "quiet" | "danger";

const LOOKS: Record<Kind, string> = {
  plain: "bg-surface border-[var(--line-strong)] hover:bg-[var(--hover)]",
  primary: "bg-accent text-on-accent border-transparent hover:brightness-110",
  quiet: "border-transparent hover:bg-[var(--hover)]",
  danger: classes(
    "bg-surface border-[var(--failed)] text-[var(--failed-ink)]",
    "hover:bg-[color-mix(in_srgb,var(--failed)_10%,var(--surface))]",
  ),
};

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: Kind;
  /** Shows only an icon; needs an `aria-label`. */
  square?: boolean;
}

export function Button({ kind = "plain", square = false, className = "", type = "button", ...rest }: ButtonProps) {
  const size = square ? "w-[30px] justify-center" : "px-3";
  return (
    <button
      type={type}
      className={classes(
        "inline-flex h-[30px] items-center gap-1.5 rounded-[7px] border font-medium whitespace-nowrap",
        "transition-colors disabled:opacity-50",
        size,
        LOOKS[kind],
        className,
      )}
      {...rest}
      {...(square && rest["aria-label"] && !rest.title ? { title: rest["aria-label"] } : {})}
    />
  );
}

export function Card({
  title,
  action,
  children,
  className = "",
}: {
  title?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section className={`card min-w-0 ${className}`}>
      {title !== undefined && (
        <header className="flex h-11 items-center justify-between gap-2 px-4">
          <h2 className="text-[13.5px]">{title}</h2>
          {action}
        </header>
      )}
      {children}
    </section>
  );
}

export function Tag({ children }: { children: ReactNode }) {
  return (
    <span
      className={classes(
        "inline-flex h-[20px] max-w-[220px] items-center truncate rounded border border-line px-1.5 text-[12px]",
        "text-muted",
      )}
    >
      {children}
    </span>
  );
}

export function Tags({ tags }: { tags: readonly string[] }) {
  if (!tags.length) return null;
  return (
    <span className="flex min-w-0 flex-wrap gap-1">
      {tags.map((tag) => (
        <Tag key={tag}>{tag}</Tag>
      ))}
    </span>
  );
}

/** A label over a control. What it means and what is wrong with it are read out after its name, not as a part of it. */
export function Field({
  label,
  hint,
  error,
  children,
}: {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  children: ReactElement<AriaAttributes>;
}) {
  const id = useId();
  const isTold = Boolean(hint || error);
  return (
    <div className="flex flex-col gap-1">
      <label className="flex flex-col gap-1">
        <span className="text-[12.5px] font-medium">{label}</span>
        {cloneElement(children, {
          ...(isTold ? { "aria-describedby": id } : {}),
          ...(error ? { "aria-invalid": true } : {}),
        })}
      </label>
      {isTold && (
        <div id={id} className="flex flex-col gap-1">
          {hint && <span className="text-[12px] text-muted">{hint}</span>}
          {error && (
            <span role="alert" className="text-[12px] text-[var(--failed-ink)]">
              {error}
            </span>
          )}
        </div>
      )}
    </div>
  );
}

/** A labelled switch. */
export function Toggle({
  on,
  label,
  onChange,
  disabled,
}: {
  on: boolean;
  label: string;
  onChange: (on: boolean) => void;
  disabled?: boolean;
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={() => onChange(!on)}
      className={classes(
        "relative h-[18px] w-[32px] shrink-0 rounded-full transition-colors disabled:opacity-50",
        on ? "bg-accent" : "bg-[var(--line-strong)]",
      )}
    >
      <span
        className={classes(
          "absolute top-[3px] size-[12px] rounded-full bg-surface transition-[left]",
          on ? "left-[17px]" : "left-[3px]",
        )}
      />
    </button>
  );
}

export function KeyHint({ children }: { children: ReactNode }) {
  return (
    <kbd className="rounded whitespace-nowrap border border-line bg-page px-1 font-mono text-[11px] text-muted">
      {children}
    </kbd>
  );
}
