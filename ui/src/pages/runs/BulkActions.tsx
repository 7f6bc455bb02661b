import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { post } from "../../api/client";
import type { BulkAnswer, Criteria } from "../../api/types";
import { Button } from "../../components/controls";
import { Dialog } from "../../components/dialog";
import { complain, say } from "../../components/toast";
import { plural } from "../../time/format";

const VERBS = [
  { verb: "retry", path: "flow_runs/bulk_retry", label: "Retry", does: "put back into their queues, as their next attempt", danger: false },
  { verb: "cancel", path: "flow_runs/bulk_cancel", label: "Cancel", does: "cancelled, with everything below them", danger: false },
  { verb: "delete", path: "flow_runs/bulk_delete", label: "Delete", does: "deleted for good, with their tasks, logs and subflow runs", danger: true },
] as const;

interface Props {
  criteria: Criteria;
  matched: number;
  chosen: ReadonlySet<string>;
  onDone: () => void;
}

/** Does one thing to the chosen runs, or to all that match; first it says to how many. */
export function BulkActions({ criteria, matched, chosen, onDone }: Props) {
  const [asked, setAsked] = useState<(typeof VERBS)[number] | null>(null);
  const many = chosen.size || matched;
  return (
    <div className="flex items-center gap-2">
      {VERBS.map((verb) => (
        <Button key={verb.verb} disabled={!many} onClick={() => setAsked(verb)}>
          {verb.label} {chosen.size ? "chosen" : "all"} …
        </Button>
      ))}
      <span className="text-muted">{chosen.size ? `${plural(chosen.size, "run")} chosen` : ""}</span>
      {asked && <Ask verb={asked} wanted={chosen.size ? { flow_runs: { id: { any_: [...chosen] } } } : criteria} onClose={() => setAsked(null)} onDone={onDone} />}
    </div>
  );
}

function Ask({ verb, wanted, onClose, onDone }: { verb: (typeof VERBS)[number]; wanted: Criteria; onClose: () => void; onDone: () => void }) {
  const client = useQueryClient();
  const look = useMutation({ mutationFn: () => post<BulkAnswer>(verb.path, { ...wanted, dry_run: true }) });
  const act = useMutation({
    mutationFn: () => post<BulkAnswer>(verb.path, { ...wanted, dry_run: false }),
    onError: complain,
    onSuccess: (done) => {
      say(`${plural(done.done, "run")} done${done.refused.length ? `, ${plural(done.refused.length, "run")} refused: ${done.refused[0]!.detail}` : ""}.`);
      void client.invalidateQueries({ queryKey: ["flow_run"] });
      onDone();
      onClose();
    },
  });
  if (look.isIdle) look.mutate();
  const answer = look.data;
  const able = answer ? answer.matched - answer.refused.length : 0;
  return (
    <Dialog open onClose={onClose} title={`${verb.label} runs`}>
      {look.error && <p role="alert">{look.error.message}</p>}
      {answer && (
        <>
          <p>
            {plural(able, "run")} would be {verb.does}.
          </p>
          {answer.refused.length > 0 && (
            <p className="mt-2 text-muted">
              {plural(answer.refused.length, "run")} would be left alone, such as: {answer.refused[0]!.detail}
            </p>
          )}
        </>
      )}
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Leave them</Button>
        <Button kind={verb.danger ? "danger" : "primary"} disabled={!able || act.isPending} onClick={() => act.mutate()}>
          {verb.label} {answer ? plural(able, "run") : ""}
        </Button>
      </div>
    </Dialog>
  );
}
