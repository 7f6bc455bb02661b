import type { ReactNode } from "react";
import { classes } from "./classes";

interface Props {
  legend: ReactNode;
  values: readonly string[];
  /** The label of a value that has one of its own. */
  words?: (value: string) => string;
  chosen: (value: string) => boolean;
  onToggle: (value: string) => void;
}

/** Values of which any may be chosen. */
export function Chips({ legend, values, words = (value) => value, chosen, onToggle }: Props) {
  return (
    <fieldset>
      <legend className="mb-1.5 text-[12.5px] font-medium text-muted">{legend}</legend>
      <div className="flex max-h-40 flex-wrap gap-1.5 overflow-y-auto">
        {values.map((value) => (
          <button
            key={value}
            type="button"
            aria-pressed={chosen(value)}
            onClick={() => onToggle(value)}
            className={classes(
              "h-6 max-w-60 truncate rounded-md border px-2 text-[12.5px]",
              chosen(value) ? "border-accent bg-accent-soft" : "border-line hover:bg-[var(--hover)]",
            )}
          >
            {words(value)}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
