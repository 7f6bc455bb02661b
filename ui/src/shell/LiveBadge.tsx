import { useLink } from "../live/live";

const WORDS = {
  connecting: ["Connecting", "--pending"],
  live: ["Live", "--completed"],
  delayed: ["Delayed", "--late"],
  offline: ["Offline", "--failed"],
} as const;

const TOLD = {
  connecting: "Connecting to the live stream.",
  live: "This page updates within a quarter of a second.",
  delayed: "Reconnecting to the live stream; this page may be a few seconds old.",
  offline: "Cannot reach the server; this page shows the last known state.",
};

export function LiveBadge() {
  const link = useLink();
  const [word, colour] = WORDS[link];
  return (
    <span role="status" title={TOLD[link]} className="flex items-center gap-1.5 text-[10.5px] font-medium text-muted">
      <span className="size-2 rounded-full" style={{ background: `var(${colour})` }} />
      <span className="sr-only sm:not-sr-only">{word}</span>
    </span>
  );
}
