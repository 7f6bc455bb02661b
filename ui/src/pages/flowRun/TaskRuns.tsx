import type { FlowRun, StateType } from "../../api/types";
import { classes } from "../../components/classes";
import { EmptyState } from "../../components/feedback";
import { nameOf } from "../../components/state";
import { inOrder } from "../../components/StatesBar";
import { TaskRunList } from "../../components/TaskRunList";
import { count } from "../../time/format";

interface Props {
  run: FlowRun;
  counts: Partial<Record<StateType, number>>;
  /** The only state that is listed; null: all are. */
  state: StateType | null;
  onState: (state: StateType | null) => void;
}

/**
 * The task runs of a flow run, its subflows where they were called; those of one state alone, where they are in
 * several.
 */
export function TaskRuns({ run, counts, state, onState }: Props) {
  const states = inOrder(counts);
  const total = states.reduce((sum, type) => sum + counts[type]!, 0);
  const ofState = state === null ? {} : { state: { type: { any_: [state] } } };
  return (
    <div className="flex flex-col gap-3">
      {(states.length > 1 || state !== null) && (
        <div role="group" aria-label="State" className="flex flex-wrap gap-1.5">
          <Choice isChosen={state === null} onChoose={() => onState(null)}>
            All <span className="numeric text-muted">{count(total)}</span>
          </Choice>
          {states.map((type) => (
            <Choice key={type} look={type} isChosen={state === type} onChoose={() => onState(type)}>
              {nameOf(type)} <span className="numeric text-muted">{count(counts[type]!)}</span>
            </Choice>
          ))}
        </div>
      )}
      <div className="card overflow-hidden">
        <TaskRunList
          flowRun={run}
          criteria={{ task_runs: { flow_run_id: { any_: [run.id] }, ...ofState } }}
          empty={
            state === null ? (
              <EmptyState title="No task run">Tasks that the flow calls appear here.</EmptyState>
            ) : (
              <EmptyState title={`No task run is ${nameOf(state).toLowerCase()}`} />
            )
          }
        />
      </div>
    </div>
  );
}

function Choice({
  look,
  isChosen,
  onChoose,
  children,
}: {
  look?: StateType;
  isChosen: boolean;
  onChoose: () => void;
  children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      data-state={look}
      onClick={onChoose}
      className={classes(
        "flex h-[26px] items-center gap-1.5 rounded-full border px-2.5 text-[12.5px]",
        isChosen ? "border-accent bg-accent-soft" : "border-line bg-surface hover:bg-[var(--hover)]",
      )}
    >
      {look && <span className="state-fill size-2 rounded-full" />}
      {children}
    </button>
  );
}
