import type { StateType, TaskRunMark } from "../api/types";
import { plural } from "../time/format";
import { Bar, countWords } from "./StatesBar";

const PARTS = 24;
const WIDTH = 5;
const HEIGHT = 20;
const LEAST = 3;

/**
 * How the task runs of a flow run went over its time: a column for each part of it, as high as task runs began in it.
 */
export function TaskStrip({
  marks,
  counts,
}: {
  marks: TaskRunMark[] | null;
  counts: Partial<Record<StateType, number>>;
}) {
  if (!marks) return <Bar counts={counts} />;
  const words = countWords(counts);
  return (
    <svg role="img" aria-label={words} width={PARTS * WIDTH} height={HEIGHT} className="shrink-0">
      <title>{words}</title>
      <line x1="0" x2={PARTS * WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} stroke="var(--line)" />
      {columnsOf(marks).map(({ part, state, from, height }) => (
        <rect
          key={`${part} ${state}`}
          data-state={state}
          x={part * WIDTH}
          y={HEIGHT - from - height}
          width={WIDTH - 1}
          height={height}
          rx="1"
          fill="var(--state)"
        />
      ))}
    </svg>
  );
}

/** How many there are, beside the picture of them. */
export function TaskCount({ counts }: { counts: Partial<Record<StateType, number>> }) {
  const total = Object.values(counts).reduce((sum, many) => sum + many, 0);
  return <>{total ? plural(total, "task run") : "no task runs"}</>;
}

interface Column {
  part: number;
  state: StateType;
  from: number;
  height: number;
}

/** The marks of a part stand on one another; the highest part fills the height, and one task run is still seen. */
export function columnsOf(marks: readonly TaskRunMark[]): Column[] {
  const totals = new Map<number, number>();
  for (const { part, count_runs: many } of marks) totals.set(part, (totals.get(part) ?? 0) + many);
  const scale = HEIGHT / Math.max(1, ...totals.values());
  const tops = new Map<number, number>();
  return marks.map(({ part, state_type: state, count_runs: many }) => {
    const from = tops.get(part) ?? 0;
    const height = Math.min(HEIGHT - from, Math.max(LEAST, many * scale));
    tops.set(part, from + height);
    return { part, state, from, height };
  });
}
