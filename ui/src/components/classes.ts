/** Joins class names and leaves out empty ones: `classes("card p-4", isChosen ? "bg-accent-soft" : "")`. */
export const classes = (...names: readonly string[]): string => names.filter(Boolean).join(" ");
