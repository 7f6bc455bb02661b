import type { CSSProperties } from "react";
import { type StyledText, parseAnsi } from "./ansi";
import { withMarks } from "./marks";

/** The sixteen colours of a terminal, by names that read on both themes. */
const COLOURS = [
  "--muted",
  "--failed-ink",
  "--completed-ink",
  "--scheduled-ink",
  "--running-ink",
  "--crashed-ink",
  "--pending-ink",
  "--ink",
];

const colourOf = (colour: number | string): string =>
  typeof colour === "string" ? colour : `var(${COLOURS[colour % 8]!})`;

/** A colour of one's own keeps its hue, and becomes as dark or as light as the theme lets text be. */
const inkOf = (colour: number | string): string =>
  typeof colour === "string"
    ? `oklch(from ${colour} clamp(var(--text-least), l, var(--text-most)) c h)`
    : colourOf(colour);

function styleOf(part: StyledText): CSSProperties {
  const lines = [part.underline && "underline", part.struck && "line-through"].filter(Boolean).join(" ");
  return {
    ...coloursOf(part),
    ...(part.bold ? { fontWeight: 700 } : {}),
    ...(part.dim ? { opacity: 0.7 } : {}),
    ...(part.italic ? { fontStyle: "italic" } : {}),
    ...(lines ? { textDecoration: lines } : {}),
  };
}

function coloursOf({ colour, background, inverse }: StyledText): CSSProperties {
  if (inverse)
    return {
      color: background === null ? "var(--surface)" : colourOf(background),
      background: colour === null ? "var(--ink)" : colourOf(colour),
    };
  return {
    ...(colour === null ? {} : { color: inkOf(colour) }),
    ...(background === null ? {} : { background: `color-mix(in srgb, ${colourOf(background)} 25%, transparent)` }),
  };
}

/**
 * A log line with its terminal colours; what was searched for is marked. What a terminal would write over stands on
 * lines of its own.
 */
export function LogText({ text, mark }: { text: string; mark: string }) {
  return (
    <>
      {withMarks(parseAnsi(text.replaceAll(/\r\n?/g, "\n")), mark).map((part, at) =>
        part.marked ? (
          <mark
            key={at}
            style={{ fontWeight: part.bold ? 700 : undefined }}
            className="bg-[var(--scheduled)] text-black"
          >
            {part.text}
          </mark>
        ) : (
          <span key={at} style={styleOf(part)}>
            {part.text}
          </span>
        ),
      )}
    </>
  );
}
