import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { post, remove } from "../../api/client";
import { flowRunKeys } from "../../api/queryKeys";
import type { FlowRun } from "../../api/types";
import { copy } from "../../components/clipboard";
import { Button } from "../../components/controls";
import { Confirm, Dialog } from "../../components/Dialog";
import { Command } from "../../components/feedback";
import { More, Pause, Play, Retry } from "../../components/icons";
import { Menu, MenuItem } from "../../components/Menu";
import { notifyError, notify } from "../../components/toast";
import { usePageActions } from "../../shell/pageActions";
import { ResumeDialog } from "./ResumeDialog";
import { RunAgain } from "./RunAgain";

const ENDED = new Set(["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]);

interface Act {
  verb: "cancel" | "pause" | "suspend" | "retry";
  message: string;
  body?: object;
}

type Asked = "cancel" | "delete" | "resume" | "again" | "here" | null;

/** What can be done with a run as it stands. */
export function FlowRunActions({ run }: { run: FlowRun }) {
  const [asked, setAsked] = useState<Asked>(null);
  const navigate = useNavigate();
  const client = useQueryClient();
  const close = () => setAsked(null);
  const act = useMutation({
    mutationFn: ({ verb, body }: Act) => post(`flow_runs/${run.id}/${verb}`, body),
    onError: notifyError,
    onSuccess: (_, { message }) => {
      notify(message);
      close();
      void client.invalidateQueries({ queryKey: flowRunKeys.one(run.id) });
    },
  });
  const forget = useMutation({
    mutationFn: () => remove(`flow_runs/${run.id}`),
    onError: notifyError,
    onSuccess: () => {
      notify(`Deleted run ${run.name}.`);
      void client.invalidateQueries({ queryKey: flowRunKeys.all() });
      void navigate({ to: "/runs" });
    },
  });
  const ended = ENDED.has(run.state_type);
  const deployed = run.deployment_id !== null;
  const isRoot = run.parent_flow_run_id === null;
  const running = run.state_type === "RUNNING";
  const retry = (fromFailure: boolean) =>
    deployed
      ? act.mutate({
          verb: "retry",
          message: "Retry queued as the next attempt.",
          body: { from_failure: fromFailure },
        })
      : setAsked("here");
  const pause = () => act.mutate({ verb: "pause", message: "Pause requested." });
  const suspend = () => act.mutate({ verb: "suspend", message: "Suspend requested." });
  const copyId = () => void copy(run.id);
  const can = {
    resume: run.state_type === "PAUSED",
    pause: running,
    suspend: running && isRoot,
    cancel: !ended,
    retry: ended && isRoot,
    retryFromFailure: ended && isRoot && run.state_type !== "COMPLETED",
    again: deployed && isRoot,
    delete: ended || run.state_type === "SCHEDULED",
  };
  usePageActions([
    ...(can.resume ? [{ label: "Resume the run", run: () => setAsked("resume") }] : []),
    ...(can.pause ? [{ label: "Pause the run", run: pause }] : []),
    ...(can.suspend ? [{ label: "Suspend the run", run: suspend }] : []),
    ...(can.cancel ? [{ label: "Cancel the run …", run: () => setAsked("cancel") }] : []),
    ...(can.retryFromFailure ? [{ label: "Retry the run from its failure", run: () => retry(true) }] : []),
    ...(can.retry ? [{ label: "Retry the run", run: () => retry(false) }] : []),
    ...(can.again ? [{ label: "Run again with other parameters …", run: () => setAsked("again") }] : []),
    { label: "Copy run ID", run: copyId },
    ...(can.delete ? [{ label: "Delete the run …", run: () => setAsked("delete") }] : []),
  ]);
  return (
    <div className="flex items-center gap-2">
      {can.resume && (
        <Button kind="primary" onClick={() => setAsked("resume")}>
          <Play width={12} height={12} /> Resume
        </Button>
      )}
      {can.pause && (
        <Button disabled={act.isPending} onClick={pause}>
          <Pause width={12} height={12} /> Pause
        </Button>
      )}
      {can.cancel && (
        <Button kind="danger" onClick={() => setAsked("cancel")}>
          Cancel
        </Button>
      )}
      {can.retryFromFailure && (
        <Button
          disabled={act.isPending}
          title="Skips completed tasks whose results are stored"
          onClick={() => retry(true)}
        >
          <Retry width={13} height={13} /> Retry from failure
        </Button>
      )}
      {can.retry && (
        <Button disabled={act.isPending} title="Runs every task again" onClick={() => retry(false)}>
          <Retry width={13} height={13} /> Retry
        </Button>
      )}
      <Menu
        trigger={
          <Button square aria-label="More actions">
            <More />
          </Button>
        }
      >
        {can.again && <MenuItem onSelect={() => setAsked("again")}>Run again with other parameters …</MenuItem>}
        {can.suspend && <MenuItem onSelect={suspend}>Suspend</MenuItem>}
        <MenuItem onSelect={copyId}>Copy run ID</MenuItem>
        <MenuItem danger disabled={!can.delete} onSelect={() => setAsked("delete")}>
          Delete …
        </MenuItem>
      </Menu>
      <Confirm
        open={asked === "cancel"}
        onClose={close}
        title={`Cancel ${run.name}?`}
        description="Stops its tasks and subflows; the run ends as cancelled."
        verb="Cancel the run"
        busy={act.isPending}
        onConfirm={() => act.mutate({ verb: "cancel", message: "Cancellation requested." })}
      />
      <Confirm
        open={asked === "delete"}
        onClose={close}
        title={`Delete ${run.name}?`}
        description="Deletes its task runs, logs, artifacts and subflow runs too. This cannot be undone."
        verb="Delete the run"
        busy={forget.isPending}
        onConfirm={() => forget.mutate()}
      />
      {asked === "resume" && <ResumeDialog run={run} onClose={close} />}
      {asked === "again" && run.deployment_id && (
        <RunAgain run={run} deploymentId={run.deployment_id} onClose={close} />
      )}
      <Dialog
        open={asked === "here"}
        onClose={close}
        title="Retry from its folder"
        description="This run has no deployment, so no agent has its code. Run this in the folder it was started from:"
      >
        <div className="flex flex-col items-start gap-2">
          <Command>{`armillary flow-run retry ${run.name} --from-failure`}</Command>
          <p className="text-muted">Without --from-failure, every task runs again.</p>
        </div>
      </Dialog>
    </div>
  );
}
