/** What a filter bar can say. Anything without a key is part of a name. */
export const KEYS = ["state", "flow", "deployment", "tag", "after", "before"] as const;
export type Key = (typeof KEYS)[number];

export interface Token {
  key: Key | "name";
  value: string;
}

const PATTERN = /(?:([a-z]+):)?(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/gi;

/** Reads `state:failed deployment:"deploy staging" dove`. An unknown key is part of a name. */
export function parseTokens(text: string): Token[] {
  const tokens: Token[] = [];
  for (const [whole, key, quoted, plain] of text.matchAll(PATTERN)) {
    const value = quoted === undefined ? (plain ?? "") : quoted.replaceAll(/\\(.)/g, "$1");
    const known = KEYS.find((each) => each === key?.toLowerCase());
    if (known) tokens.push({ key: known, value });
    else tokens.push({ key: "name", value: key && quoted === undefined ? whole : key ? `${key}:${value}` : value });
  }
  return tokens.filter((token) => token.value !== "");
}

export const formatTokens = (tokens: readonly Token[]): string => tokens.map(formatToken).join(" ");

export function formatToken({ key, value }: Token): string {
  const text =
    /[\s"\\]/.test(value) || (key === "name" && /^[a-z]+:/i.test(value))
      ? `"${value.replaceAll(/["\\]/g, "\\$&")}"`
      : value;
  return key === "name" ? text : `${key}:${text}`;
}

/** The same text with a token added, or taken out where it is in it. */
export function toggleToken(text: string, token: Token): string {
  const tokens = parseTokens(text);
  const left = tokens.filter(
    (each) => each.key !== token.key || each.value.toLowerCase() !== token.value.toLowerCase(),
  );
  return formatTokens(left.length < tokens.length ? left : [...tokens, token]);
}

/** The same text where a key has only these values. */
export function replaceTokens(text: string, key: Key, values: readonly string[]): string {
  return formatTokens([
    ...parseTokens(text).filter((each) => each.key !== key),
    ...values.map((value) => ({ key, value })),
  ]);
}
