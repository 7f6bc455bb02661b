/** A part of a line in one look. Colours are the sixteen of a terminal, or `#rrggbb`. */
export interface StyledText {
  text: string;
  colour: number | string | null;
  background: number | string | null;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
  struck: boolean;
  /** The colours of text and background change places. */
  inverse: boolean;
}

type Look = Omit<StyledText, "text">;

const PLAIN: Look = {
  colour: null,
  background: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  struck: false,
  inverse: false,
};
/** The server leaves out the same where it searches (`core/escape_codes.py`). */
const SEQUENCE = /\u001b(?:\[([0-?]*)[ -/]*([@-~])?|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]+[0-~]?|[0-~])?/g;

/**
 * Cuts text with ANSI escapes into styled parts. What is no colour or weight (moving the cursor, links, titles) is left
 * out.
 */
export function parseAnsi(text: string): StyledText[] {
  if (!text.includes("\u001b")) return [{ text, ...PLAIN }];
  const parts: StyledText[] = [];
  let look = PLAIN;
  let from = 0;
  const take = (to: number) => {
    if (to > from) parts.push({ text: text.slice(from, to), ...look });
  };
  for (const match of text.matchAll(SEQUENCE)) {
    take(match.index);
    from = match.index + match[0].length;
    if (match[2] === "m") look = changed(look, match[1] ?? "");
  }
  take(text.length);
  return parts;
}

function changed(before: Look, codes: string): Look {
  const look = { ...before };
  const numbers = codes.split(/[;:]/).map(Number);
  for (let at = 0; at < numbers.length; at++) {
    const code = numbers[at]!;
    if (code === 0) Object.assign(look, PLAIN);
    else if (code === 1) look.bold = true;
    else if (code === 2) look.dim = true;
    else if (code === 3) look.italic = true;
    else if (code === 4) look.underline = true;
    else if (code === 7) look.inverse = true;
    else if (code === 9) look.struck = true;
    else if (code === 22) look.bold = look.dim = false;
    else if (code === 23) look.italic = false;
    else if (code === 24) look.underline = false;
    else if (code === 27) look.inverse = false;
    else if (code === 29) look.struck = false;
    else if (code >= 30 && code <= 37) look.colour = code - 30;
    else if (code >= 90 && code <= 97) look.colour = code - 82;
    else if (code === 39) look.colour = null;
    else if (code >= 40 && code <= 47) look.background = code - 40;
    else if (code >= 100 && code <= 107) look.background = code - 92;
    else if (code === 49) look.background = null;
    else if (code === 38 || code === 48) {
      const [colour, used] = extended(numbers.slice(at + 1));
      if (code === 38) look.colour = colour;
      else look.background = colour;
      at += used;
    }
  }
  return look;
}

/** `5;n` of 256 colours, `2;r;g;b`; and how many numbers that took. */
function extended(numbers: number[]): [colour: number | string | null, used: number] {
  const [kind, ...rest] = numbers;
  if (kind === 2) return [hex(rest.slice(0, 3)), 4];
  const index = rest[0] ?? -1;
  if (kind !== 5 || !(index >= 0 && index < 256)) return [null, 2];
  if (index < 16) return [index, 2];
  if (index >= 232) return [hex(Array<number>(3).fill(8 + 10 * (index - 232))), 2];
  const level = (part: number) => (part ? 55 + 40 * part : 0);
  return [
    hex([level(Math.floor((index - 16) / 36)), level(Math.floor((index - 16) / 6) % 6), level((index - 16) % 6)]),
    2,
  ];
}

const hex = (parts: number[]): string =>
  `#${[0, 1, 2]
    .map((at) =>
      Math.max(0, Math.min(255, Math.trunc(parts[at] ?? 0) || 0))
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
