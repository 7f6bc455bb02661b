import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { put } from "../../api/client";
import type { Deployment, ScheduleWanted } from "../../api/types";
import { Button, Toggle } from "../../components/controls";
import { EmptyState } from "../../components/feedback";
import { Plus, Trash } from "../../components/icons";
import { complain, say } from "../../components/toast";
import { usePageActions } from "../../shell/page_actions";
import { ScheduleEditor } from "./ScheduleEditor";

/** The schedules of a deployment: several, each with its own rule, pause and policy for time that was missed. */
export function Schedules({ deployment }: { deployment: Deployment }) {
  const client = useQueryClient();
  const [editing, setEditing] = useState<number | null>(null);
  const wanted = deployment.schedules.map((each): ScheduleWanted => ({ rule: each.rule, catchup: each.catchup, active: each.active }));
  const save = useMutation({
    mutationFn: (schedules: ScheduleWanted[]) => put(`deployments/${deployment.id}/schedules`, schedules),
    onError: complain,
    onSuccess: () => {
      say("The schedules are saved; the next runs are made anew.");
      setEditing(null);
      void client.invalidateQueries({ queryKey: ["deployment"] });
      void client.invalidateQueries({ queryKey: ["flow_run"] });
    },
  });
  usePageActions([{ label: "Add a schedule …", run: () => setEditing(wanted.length) }]);
  const replaced = (at: number, schedule: ScheduleWanted) => wanted.map((each, index) => (index === at ? schedule : each));
  return (
    <div className="flex flex-col gap-3">
      {deployment.schedules.map((each, at) => (
        <div key={each.id} className="card flex items-center gap-3 px-4 py-3">
          <Toggle on={each.active} label={each.active ? `Pause ${each.words}` : `Resume ${each.words}`} disabled={save.isPending} onChange={(active) => save.mutate(replaced(at, { ...wanted[at]!, active }))} />
          <div className="min-w-0 flex-1">
            <p className="font-medium">{each.words}</p>
            <p className="text-[12.5px] text-muted">After a time away: {{ all: "every missed run", latest: "only the latest missed run", skip: "no missed run" }[each.catchup]}</p>
          </div>
          <Button onClick={() => setEditing(at)}>Edit</Button>
          <Button kind="quiet" square aria-label={`Delete ${each.words}`} onClick={() => save.mutate(wanted.filter((_, index) => index !== at))}>
            <Trash />
          </Button>
        </div>
      ))}
      {!deployment.schedules.length && (
        <div className="card">
          <EmptyState title="It has no schedule">It runs when somebody asks for it.</EmptyState>
        </div>
      )}
      <Button className="self-start" onClick={() => setEditing(wanted.length)}>
        <Plus /> Add a schedule
      </Button>
      {editing !== null && (
        <ScheduleEditor
          given={wanted[editing]}
          busy={save.isPending}
          onClose={() => setEditing(null)}
          onSave={(schedule) => save.mutate(editing < wanted.length ? replaced(editing, schedule) : [...wanted, schedule])}
        />
      )}
    </div>
  );
}
