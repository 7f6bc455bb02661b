import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { put, remove } from "../api/client";
import * as queries from "../api/queries";
import { savedSearchKeys } from "../api/queryKeys";
import type { SavedSearch } from "../api/types";
import { Button } from "../components/controls";
import { Confirm, Dialog } from "../components/Dialog";
import { Star, Trash } from "../components/icons";
import { notifyError, notify } from "../components/toast";
import { usePageActions } from "../shell/pageActions";

/** The star menu: searches stored on the server and shared by its users. */
export function SavedSearches({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [leaving, setLeaving] = useState<SavedSearch | null>(null);
  usePageActions([{ label: "Saved searches …", run: () => setOpen(true) }]);
  const client = useQueryClient();
  const saved = useQuery({ ...queries.savedSearches(), enabled: open });
  const changed = {
    onError: notifyError,
    onSuccess: () => client.invalidateQueries({ queryKey: savedSearchKeys.all() }),
  };
  const save = useMutation({
    mutationFn: () => put("saved_searches", { name, definition: { filter: text } }),
    ...changed,
  });
  const forget = useMutation({ mutationFn: (id: string) => remove(`saved_searches/${id}`), ...changed });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(undefined, {
      onSuccess: () => {
        notify(`Saved as ${name}.`);
        setName("");
      },
    });
  };
  return (
    <>
      <Button kind="quiet" square aria-label="Saved searches" onClick={() => setOpen(true)}>
        <Star />
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Saved searches"
        description="Stored on the server and shared with everyone who uses it."
      >
        <ul className="mb-4 flex flex-col gap-1">
          {(saved.data?.items ?? []).map((search) => {
            const filter = filterOf(search.definition);
            return (
              <li key={search.id} className="flex items-center gap-2">
                <button
                  type="button"
                  onClick={() => {
                    onChange(filter);
                    setOpen(false);
                  }}
                  className="flex min-w-0 flex-1 flex-col rounded-md px-2 py-1 text-left hover:bg-[var(--hover)]"
                >
                  <span className="truncate font-medium">{search.name}</span>
                  <span className="truncate font-mono text-[12px] text-muted">{filter || "everything"}</span>
                </button>
                <Button kind="quiet" square aria-label={`Delete ${search.name}`} onClick={() => setLeaving(search)}>
                  <Trash />
                </Button>
              </li>
            );
          })}
          {saved.data?.items.length === 0 && <li className="text-muted">None yet.</li>}
        </ul>
        <form onSubmit={submit} className="flex gap-2">
          <input
            required
            maxLength={200}
            aria-label="Name of the search"
            placeholder="Save the current filter as …"
            value={name}
            onChange={(event) => setName(event.target.value)}
            className="field flex-1"
          />
          <Button type="submit" kind="primary" disabled={save.isPending}>
            Save
          </Button>
        </form>
      </Dialog>
      <Confirm
        open={leaving !== null}
        onClose={() => setLeaving(null)}
        title={`Delete ${leaving?.name}?`}
        description="Removes it for everyone on this server."
        verb="Delete the search"
        busy={forget.isPending}
        onConfirm={() => leaving && forget.mutate(leaving.id, { onSuccess: () => setLeaving(null) })}
      />
    </>
  );
}

const filterOf = (definition: unknown): string =>
  typeof definition === "object" && definition !== null && "filter" in definition ? String(definition.filter) : "";
