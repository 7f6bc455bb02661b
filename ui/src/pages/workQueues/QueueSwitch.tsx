import { useMutation, useQueryClient } from "@tanstack/react-query";
import { post } from "../../api/client";
import { workQueueKeys } from "../../api/queryKeys";
import type { WorkQueue } from "../../api/types";
import { Toggle } from "../../components/controls";
import { notifyError } from "../../components/toast";

/** Pauses or resumes a work queue. */
export function useQueueSwitch(queue: WorkQueue) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (on: boolean) => post(`work_queues/${queue.id}/${on ? "resume" : "pause"}`),
    onError: notifyError,
    onSuccess: () => client.invalidateQueries({ queryKey: workQueueKeys.all() }),
  });
}

export function QueueSwitch({ queue }: { queue: WorkQueue }) {
  const change = useQueueSwitch(queue);
  return (
    <Toggle
      on={!queue.paused}
      label={queue.paused ? `Work queue ${queue.name} is paused; resume it` : `Pause work queue ${queue.name}`}
      disabled={change.isPending}
      onChange={(on) => change.mutate(on)}
    />
  );
}
