import type { CSSProperties, ReactNode } from "react";
import { type Styled, styled } from "./ansi";

/** The sixteen colours of a terminal, by names that read on both themes. */
const COLOURS = ["--muted", "--failed-ink", "--completed-ink", "--scheduled-ink", "--running-ink", "--crashed-ink", "--pending-ink", "--ink"];

const colourOf = (colour: number | string): string => (typeof colour === "string" ? colour : `var(${COLOURS[colour % 8]!})`);

function styleOf(part: Styled): CSSProperties {
  return {
    ...(part.colour === null ? {} : { color: colourOf(part.colour) }),
    ...(part.background === null ? {} : { background: `color-mix(in srgb, ${colourOf(part.background)} 25%, transparent)` }),
    ...(part.bold ? { fontWeight: 700 } : {}),
    ...(part.dim ? { opacity: 0.7 } : {}),
    ...(part.italic ? { fontStyle: "italic" } : {}),
    ...(part.underline ? { textDecoration: "underline" } : {}),
  };
}

/** A log line with its terminal colours; what was searched for is marked. */
export function LogText({ text, mark }: { text: string; mark: string }) {
  return (
    <>
      {styled(text).map((part, at) => (
        <span key={at} style={styleOf(part)}>
          {mark ? marked(part.text, mark) : part.text}
        </span>
      ))}
    </>
  );
}

function marked(text: string, mark: string): ReactNode[] {
  const found: ReactNode[] = [];
  const lower = text.toLowerCase();
  const wanted = mark.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    found.push(text.slice(from, at), <mark key={at} className="rounded-sm bg-[var(--scheduled)] text-black">{text.slice(at, at + wanted.length)}</mark>);
    from = at + wanted.length;
  }
  found.push(text.slice(from));
  return found;
}
