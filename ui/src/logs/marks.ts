import { type StyledText, parseAnsi } from "./ansi";

export interface MarkedText extends StyledText {
  marked: boolean;
}

/**
 * The parts of a line, cut where what was searched for begins and ends: it may lie in several of them, as a colour
 * changes within it.
 */
export function withMarks(parts: readonly StyledText[], sought: string): MarkedText[] {
  const found = rangesOf(parts.map(({ text }) => text).join(""), shown(sought));
  const cut: MarkedText[] = [];
  let from = 0;
  for (const part of parts) {
    const end = from + part.text.length;
    const edges = found.flat().filter((edge) => edge > from && edge < end);
    let at = from;
    for (const edge of [...edges, end]) {
      if (edge > at)
        cut.push({
          ...part,
          text: part.text.slice(at - from, edge - from),
          marked: found.some(([start, stop]) => start <= at && edge <= stop),
        });
      at = edge;
    }
    from = end;
  }
  return cut;
}

/** What is sought may have been copied out of a terminal. */
const shown = (text: string): string =>
  parseAnsi(text)
    .map((part) => part.text)
    .join("");

function rangesOf(text: string, sought: string): [start: number, end: number][] {
  if (!sought) return [];
  // Not by toLowerCase: that may change how long a text is.
  const pattern = new RegExp(sought.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "giu");
  return Array.from(text.matchAll(pattern), (match) => [match.index, match.index + match[0].length]);
}
