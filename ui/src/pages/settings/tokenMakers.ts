import type { ApiToken } from "../../api/types";

/** Who made a token: another token by its name, or the home itself. */
export function madeBy(token: ApiToken, all: ApiToken[]): string {
  if (token.made_by === "home") return "the home\u2019s own token";
  return all.find((each) => each.id === token.made_by)?.name ?? "unknown";
}

/** The tokens in force that were made with this one, and with those in turn. */
export function madeWith(token: ApiToken, all: ApiToken[]): ApiToken[] {
  const makers = new Set([token.id]);
  const found: ApiToken[] = [];
  for (let size = 0; size !== makers.size;) {
    size = makers.size;
    for (const each of all) {
      if (!each.made_by || !makers.has(each.made_by) || makers.has(each.id)) continue;
      makers.add(each.id);
      if (!each.revoked) found.push(each);
    }
  }
  return found;
}
