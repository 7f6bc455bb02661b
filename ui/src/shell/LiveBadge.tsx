import { useLink } from "../live/live";

const WORDS = {
  connecting: ["Connecting", "--pending"],
  live: ["Live", "--completed"],
  delayed: ["Delayed", "--late"],
  offline: ["Offline", "--failed"],
} as const;

const TOLD = {
  connecting: "The live stream is being opened.",
  live: "What you see is what is, within a quarter of a second.",
  delayed: "The live stream was cut and is being opened again; what you see may be some seconds old.",
  offline: "The server cannot be reached; what you see is how it was.",
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
