import { duration, plural } from "../time/format";
import { TimelineFacts } from "./TimelineFacts";
import type { Marking } from "./marking";

/** Several selected spans in words: how many, and how long it took from the first start to the last end. */
export function ChosenFacts({ marking: { many, extent }, now }: { marking: Marking; now: number }) {
  const end = extent.to === Infinity ? Math.max(now, extent.from) : extent.to;
  return (
    <TimelineFacts>
      <span role="status" className="font-medium">
        {plural(many, "task run")} selected
      </span>
      <span className="numeric whitespace-nowrap text-muted">
        {duration((end - extent.from) / 1000)} from the first start to {extent.to === Infinity ? "now" : "the last end"}
      </span>
    </TimelineFacts>
  );
}
