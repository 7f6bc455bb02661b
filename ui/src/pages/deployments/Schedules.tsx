import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { put } from "../../api/client";
import { deploymentKeys, flowRunKeys } from "../../api/queryKeys";
import type { Deployment, ScheduleWanted } from "../../api/types";
import { Button, Toggle } from "../../components/controls";
import { Confirm } from "../../components/Dialog";
import { EmptyState } from "../../components/feedback";
import { Plus, Trash } from "../../components/icons";
import { notifyError, notify } from "../../components/toast";
import { usePageActions } from "../../shell/pageActions";
import { ScheduleEditor } from "./ScheduleEditor";

/** The schedules of a deployment: several, each with its own rule, pause and policy for time that was missed. */
export function Schedules({ deployment }: { deployment: Deployment }) {
  const client = useQueryClient();
  const [editing, setEditing] = useState<number | null>(null);
  const [leaving, setLeaving] = useState<number | null>(null);
  const wanted = deployment.schedules.map((each): ScheduleWanted => ({
    rule: each.rule,
    catchup: each.catchup,
    active: each.active,
  }));
  const save = useMutation({
    mutationFn: (schedules: ScheduleWanted[]) => put(`deployments/${deployment.id}/schedules`, schedules),
    onError: notifyError,
    onSuccess: () => {
      notify("Schedules saved; upcoming runs are rescheduled.");
      setEditing(null);
      setLeaving(null);
      void client.invalidateQueries({ queryKey: deploymentKeys.all() });
      void client.invalidateQueries({ queryKey: flowRunKeys.all() });
    },
  });
  usePageActions([{ label: "Add a schedule …", run: () => setEditing(wanted.length) }]);
  const replaced = (at: number, schedule: ScheduleWanted) =>
    wanted.map((each, index) => (index === at ? schedule : each));
  return (
    <div className="flex flex-col gap-3">
      {deployment.schedules.map((each, at) => (
        <div key={each.id} className="card flex items-center gap-3 px-4 py-3">
          <Toggle
            on={each.active}
            label={each.active ? `Pause ${each.words}` : `Resume ${each.words}`}
            disabled={save.isPending}
            onChange={(active) => save.mutate(replaced(at, { ...wanted[at]!, active }))}
          />
          <div className="min-w-0 flex-1">
            <p className="font-medium wrap-anywhere">{each.words}</p>
            <p className="text-[12.5px] text-muted">
              After downtime:{" "}
              {{ all: "every missed run", latest: "only the latest missed run", skip: "no missed run" }[each.catchup]}
            </p>
          </div>
          <Button onClick={() => setEditing(at)}>Edit</Button>
          <Button kind="quiet" square aria-label={`Delete ${each.words}`} onClick={() => setLeaving(at)}>
            <Trash />
          </Button>
        </div>
      ))}
      {!deployment.schedules.length && (
        <div className="card">
          <EmptyState title="No schedule">It runs on demand only.</EmptyState>
        </div>
      )}
      <Button className="self-start" onClick={() => setEditing(wanted.length)}>
        <Plus /> Add a schedule
      </Button>
      <Confirm
        open={leaving !== null}
        onClose={() => setLeaving(null)}
        title={`Delete ${leaving === null ? "" : deployment.schedules[leaving]?.words}?`}
        description="Deletes its runs that have not started."
        verb="Delete the schedule"
        busy={save.isPending}
        onConfirm={() => save.mutate(wanted.filter((_, index) => index !== leaving))}
      />
      {editing !== null && (
        <ScheduleEditor
          given={wanted[editing]}
          busy={save.isPending}
          onClose={() => setEditing(null)}
          onSave={(schedule) =>
            save.mutate(editing < wanted.length ? replaced(editing, schedule) : [...wanted, schedule])
          }
        />
      )}
    </div>
  );
}
