import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { post, remove } from "../../api/client";
import type { FlowRun } from "../../api/types";
import { Button } from "../../components/controls";
import { Confirm, Dialog } from "../../components/dialog";
import { Command } from "../../components/feedback";
import { More, Pause, Play, Retry } from "../../components/icons";
import { Menu, MenuItem } from "../../components/menu";
import { complain, say } from "../../components/toast";
import { ResumeDialog } from "./ResumeDialog";
import { RunAgain } from "./RunAgain";

const ENDED = new Set(["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]);

type Asked = "cancel" | "delete" | "resume" | "again" | "here" | null;

/** What can be done with a run as it stands. */
export function Actions({ run }: { run: FlowRun }) {
  const [asked, setAsked] = useState<Asked>(null);
  const navigate = useNavigate();
  const client = useQueryClient();
  const close = () => setAsked(null);
  const act = useMutation({
    mutationFn: ({ verb }: { verb: "cancel" | "pause" | "suspend" | "retry"; told: string }) => post(`flow_runs/${run.id}/${verb}`),
    onError: complain,
    onSuccess: (_, { told }) => {
      say(told);
      close();
      void client.invalidateQueries({ queryKey: ["flow_run", run.id] });
    },
  });
  const forget = useMutation({
    mutationFn: () => remove(`flow_runs/${run.id}`),
    onError: complain,
    onSuccess: () => {
      say(`Run ${run.name} is deleted.`);
      void client.invalidateQueries({ queryKey: ["flow_run"] });
      void navigate({ to: "/runs" });
    },
  });
  const ended = ENDED.has(run.state_type);
  const deployed = run.deployment_id !== null;
  const isRoot = run.parent_flow_run_id === null;
  const running = run.state_type === "RUNNING";
  return (
    <div className="flex items-center gap-2">
      {run.state_type === "PAUSED" && (
        <Button kind="primary" onClick={() => setAsked("resume")}>
          <Play width={12} height={12} /> Resume
        </Button>
      )}
      {running && (
        <Button disabled={act.isPending} onClick={() => act.mutate({ verb: "pause", told: "The run is asked to pause." })}>
          <Pause width={12} height={12} /> Pause
        </Button>
      )}
      {!ended && (
        <Button kind="danger" onClick={() => setAsked("cancel")}>
          Cancel
        </Button>
      )}
      {ended && isRoot && (
        <Button onClick={() => (deployed ? act.mutate({ verb: "retry", told: "The run is back in its queue, as its next attempt." }) : setAsked("here"))}>
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
        {deployed && isRoot && <MenuItem onSelect={() => setAsked("again")}>Run again with other parameters …</MenuItem>}
        {running && isRoot && <MenuItem onSelect={() => act.mutate({ verb: "suspend", told: "The run is asked to give up its process." })}>Suspend</MenuItem>}
        <MenuItem onSelect={() => void navigator.clipboard.writeText(run.id).then(() => say("Copied."))}>Copy run ID</MenuItem>
        <MenuItem danger disabled={!ended && run.state_type !== "SCHEDULED"} onSelect={() => setAsked("delete")}>
          Delete …
        </MenuItem>
      </Menu>
      <Confirm
        open={asked === "cancel"}
        onClose={close}
        title={`Cancel ${run.name}?`}
        description="Its tasks and subflows are asked to stop, and it ends as cancelled."
        verb="Cancel the run"
        busy={act.isPending}
        onConfirm={() => act.mutate({ verb: "cancel", told: "The run is asked to stop." })}
      />
      <Confirm
        open={asked === "delete"}
        onClose={close}
        title={`Delete ${run.name}?`}
        description="Its task runs, logs, artifacts and subflow runs go with it. This cannot be undone."
        verb="Delete the run"
        busy={forget.isPending}
        onConfirm={() => forget.mutate()}
      />
      {asked === "resume" && <ResumeDialog run={run} onClose={close} />}
      {asked === "again" && run.deployment_id && <RunAgain run={run} deploymentId={run.deployment_id} onClose={close} />}
      <Dialog open={asked === "here"} onClose={close} title="Retry where its code is" description="This run belongs to no deployment, so no agent knows its code. In the folder it was started from:">
        <div className="flex flex-col items-start gap-2">
          <Command>{`armillary flow-run retry ${run.name} --from-failure`}</Command>
          <p className="text-muted">Without --from-failure every task runs again.</p>
        </div>
      </Dialog>
    </div>
  );
}
