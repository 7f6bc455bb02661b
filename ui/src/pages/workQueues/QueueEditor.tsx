import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { patch, post } from "../../api/client";
import * as queries from "../../api/queries";
import { workQueueKeys } from "../../api/queryKeys";
import type { WorkQueue, WorkQueueWanted } from "../../api/types";
import { Button, Field } from "../../components/controls";
import { Dialog } from "../../components/Dialog";
import { useDelayed } from "../../components/useDelayed";
import { notify } from "../../components/toast";

const RUNNERS = ["universal", "subprocess"];
/** What is typed is tried once it has stood still for that long. */
const SETTLED_MS = 250;

/** Makes a work queue, or changes one: what it takes, how many at once, how urgent. */
export function QueueEditor({ queue, onClose }: { queue?: WorkQueue; onClose: () => void }) {
  const client = useQueryClient();
  const deployments = useQuery(queries.deployments()).data?.items ?? [];
  const [name, setName] = useState(queue?.name ?? "");
  const [description, setDescription] = useState(queue?.description ?? "");
  const [tags, setTags] = useState(queue?.filter.tags.join(", ") ?? "");
  const [chosen, setChosen] = useState<string[]>(queue?.filter.deployment_ids ?? []);
  const [runners, setRunners] = useState<string[]>(queue?.filter.flow_runner_types ?? []);
  const [limit, setLimit] = useState(queue?.concurrency_limit?.toString() ?? "");
  const [priority, setPriority] = useState(String(queue?.priority ?? 100));
  const [fault, setFault] = useState<string>();
  const filter = {
    tags: tags
      .split(",")
      .map((tag) => tag.trim())
      .filter(Boolean),
    deployment_ids: chosen,
    flow_runner_types: runners,
  };
  const tried = useDelayed(
    JSON.stringify({ ...(queue ? { id: queue.id } : {}), name: name.trim(), filter, priority: Number(priority) || 0 }),
    SETTLED_MS,
  );
  const contents = useQuery(queries.queueContents(tried)).data;
  const save = useMutation({
    mutationFn: () => {
      const wanted: WorkQueueWanted = {
        name: name.trim(),
        description: description || null,
        filter,
        priority: Number(priority),
        concurrency_limit: limit === "" ? null : Number(limit),
      };
      return queue
        ? patch<WorkQueue>(`work_queues/${queue.id}`, { ...wanted, no_concurrency_limit: limit === "" })
        : post<WorkQueue>("work_queues", wanted);
    },
    onError: (error) => setFault(error.message),
    onSuccess: (saved) => {
      notify(`Saved work queue ${saved.name}.`);
      void client.invalidateQueries({ queryKey: workQueueKeys.all() });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const toggle = (list: string[], value: string) =>
    list.includes(value) ? list.filter((each) => each !== value) : [...list, value];
  return (
    <Dialog
      open
      onClose={onClose}
      title={queue ? `Edit ${queue.name}` : "New work queue"}
      description={
        "Takes runs that match all filters below. " + "Without filters, it takes runs of deployments that name it."
      }
    >
      <form onSubmit={submit} className="flex flex-col gap-3.5">
        <Field label="Name">
          <input
            required
            maxLength={200}
            className="field"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <Field label="Description">
          <input className="field" value={description} onChange={(event) => setDescription(event.target.value)} />
        </Field>
        <Field label="Tags" hint="Separated by commas. A run must have all of them.">
          <input className="field" value={tags} onChange={(event) => setTags(event.target.value)} />
        </Field>
        <fieldset>
          <legend className="mb-1 text-[12.5px] font-medium">Deployments</legend>
          <div className="flex max-h-36 flex-col gap-1 overflow-y-auto">
            {deployments.map((each) => (
              <label key={each.id} title={`${each.flow_name}/${each.name}`} className="flex items-center gap-2">
                <input
                  type="checkbox"
                  className="shrink-0 accent-[var(--accent)]"
                  checked={chosen.includes(each.id)}
                  onChange={() => setChosen(toggle(chosen, each.id))}
                />
                <span className="min-w-0 truncate">{each.name}</span>
                <span className="min-w-0 shrink-[3] truncate text-muted">of {each.flow_name}</span>
              </label>
            ))}
            {!deployments.length && <span className="text-muted">No deployment yet.</span>}
          </div>
        </fieldset>
        <fieldset>
          <legend className="mb-1 text-[12.5px] font-medium">Flow runners</legend>
          <div className="flex gap-4">
            {RUNNERS.map((each) => (
              <label key={each} className="flex items-center gap-2">
                <input
                  type="checkbox"
                  className="accent-[var(--accent)]"
                  checked={runners.includes(each)}
                  onChange={() => setRunners(toggle(runners, each))}
                />
                {each}
              </label>
            ))}
          </div>
        </fieldset>
        <div className="grid grid-cols-2 gap-3">
          <Field label="Concurrent runs" hint="Leave empty for no limit.">
            <input
              className="field"
              type="number"
              min={0}
              value={limit}
              onChange={(event) => setLimit(event.target.value)}
            />
          </Field>
          <Field label="Priority" hint="Lower numbers run first.">
            <input
              className="field"
              type="number"
              min={0}
              required
              value={priority}
              onChange={(event) => setPriority(event.target.value)}
            />
          </Field>
        </div>
        <p
          role="status"
          className={`min-h-[1.5em] wrap-anywhere ${contents?.many === 0 ? "text-[var(--late-ink)]" : "text-muted"}`}
        >
          {contents?.sentence}
        </p>
        {fault && (
          <p role="alert" className="text-[var(--failed-ink)]">
            {fault}
          </p>
        )}
        <Button type="submit" kind="primary" disabled={save.isPending} className="self-end">
          {queue ? "Save" : "Create"}
        </Button>
      </form>
    </Dialog>
  );
}
