/** Parses a field as JSON, or else takes its text as it is. */
export function parseVariable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * What a value stands as in its field, so that it is read as what it was: text that would read as JSON keeps its
 * quotes.
 */
export const formatVariable = (value: unknown): string =>
  typeof value === "string" && parseVariable(value) === value ? value : JSON.stringify(value, null, 2);
