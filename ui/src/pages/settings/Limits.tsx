import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { post, remove } from "../../api/client";
import * as queries from "../../api/queries";
import { concurrencyLimitKeys } from "../../api/queryKeys";
import type { ConcurrencyLimit } from "../../api/types";
import { Button, Field, Tag } from "../../components/controls";
import { Confirm } from "../../components/Dialog";
import { EmptyState, Read } from "../../components/feedback";
import { Trash } from "../../components/icons";
import { notifyError, notify } from "../../components/toast";
import { useTopic } from "../../live/live";

/** How many task runs with a tag may run at once. */
export function Limits() {
  const client = useQueryClient();
  useTopic("concurrency_limit:*");
  const limits = useQuery(queries.concurrencyLimits());
  const [tag, setTag] = useState("");
  const [slots, setSlots] = useState("1");
  const [leaving, setLeaving] = useState<ConcurrencyLimit | null>(null);
  const changed = {
    onError: notifyError,
    onSuccess: () => client.invalidateQueries({ queryKey: concurrencyLimitKeys.all() }),
  };
  const set = useMutation({ mutationFn: () => post("concurrency_limits", { tag, slots: Number(slots) }), ...changed });
  const forget = useMutation({
    mutationFn: (limit: ConcurrencyLimit) => remove(`concurrency_limits/${limit.id}`),
    ...changed,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    set.mutate(undefined, {
      onSuccess: () => {
        notify(`Set limit of ${tag}.`);
        setTag("");
      },
    });
  };
  return (
    <div className="flex flex-col gap-4">
      <form onSubmit={submit} className="card flex flex-wrap items-end gap-3 p-4">
        <Field label="Tag">
          <input required className="field w-56" value={tag} onChange={(event) => setTag(event.target.value)} />
        </Field>
        <Field label="Concurrent task runs">
          <input
            required
            type="number"
            min={0}
            className="field w-28"
            value={slots}
            onChange={(event) => setSlots(event.target.value)}
          />
        </Field>
        <Button type="submit" kind="primary" disabled={set.isPending}>
          Set limit
        </Button>
      </form>
      <div className="card overflow-hidden">
        <Read query={limits}>
          {({ items }) =>
            items.length ? (
              items.map((limit) => (
                <div key={limit.id} className="flex h-12 items-center gap-3 border-b border-line px-4 last:border-0">
                  <span className="min-w-0">
                    <Tag>{limit.tag}</Tag>
                  </span>
                  <span className="flex-1 whitespace-nowrap tabular-nums">
                    {limit.active_slots.length} of {limit.slots} slots taken
                  </span>
                  <Button
                    kind="quiet"
                    square
                    aria-label={`Delete the limit of ${limit.tag}`}
                    onClick={() => setLeaving(limit)}
                  >
                    <Trash />
                  </Button>
                </div>
              ))
            ) : (
              <EmptyState title="No concurrency limit">
                Tasks with a limited tag wait for a free slot, without holding a thread.
              </EmptyState>
            )
          }
        </Read>
      </div>
      <Confirm
        open={leaving !== null}
        onClose={() => setLeaving(null)}
        title={`Delete the limit of ${leaving?.tag}?`}
        description="Task runs with this tag are then limited only by the number of threads."
        verb="Delete the limit"
        busy={forget.isPending}
        onConfirm={() => leaving && forget.mutate(leaving, { onSuccess: () => setLeaving(null) })}
      />
    </div>
  );
}
