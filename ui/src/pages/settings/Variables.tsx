import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { put, remove } from "../../api/client";
import * as queries from "../../api/queries";
import { Button, Field, Tags } from "../../components/controls";
import { EmptyState, Read } from "../../components/feedback";
import { Trash } from "../../components/icons";
import { Ago } from "../../components/times";
import { complain, say } from "../../components/toast";

export function Variables() {
  const client = useQueryClient();
  const variables = useQuery(queries.variables());
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const changed = { onError: complain, onSuccess: () => client.invalidateQueries({ queryKey: ["variable"] }) };
  const set = useMutation({ mutationFn: () => put(`variables/${encodeURIComponent(name)}`, { value: jsonOrText(value) }), ...changed });
  const unset = useMutation({ mutationFn: (which: string) => remove(`variables/${encodeURIComponent(which)}`), ...changed });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    set.mutate(undefined, {
      onSuccess: () => {
        say(`${name} is set.`);
        setName("");
        setValue("");
      },
    });
  };
  return (
    <div className="flex flex-col gap-4">
      <form onSubmit={submit} className="card flex flex-wrap items-end gap-3 p-4">
        <Field label="Name">
          <input required className="field w-56" value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label="Value, as JSON or else text">
          <input required className="field w-96 font-mono" value={value} onChange={(event) => setValue(event.target.value)} />
        </Field>
        <Button type="submit" kind="primary" disabled={set.isPending}>
          Set
        </Button>
      </form>
      <div className="card overflow-hidden">
        <Read query={variables}>
          {({ items }) =>
            items.length ? (
              items.map((variable) => (
                <div key={variable.name} className="flex min-h-11 items-center gap-3 border-b border-line px-4 py-1.5 last:border-0">
                  <span className="w-56 truncate font-mono text-[12.5px] font-medium">{variable.name}</span>
                  <code className="min-w-0 flex-1 truncate text-[12.5px]">{JSON.stringify(variable.value)}</code>
                  <Tags tags={variable.tags} />
                  {variable.updated && (
                    <span className="text-muted">
                      <Ago at={variable.updated} />
                    </span>
                  )}
                  <Button kind="quiet" square aria-label={`Unset ${variable.name}`} onClick={() => unset.mutate(variable.name)}>
                    <Trash />
                  </Button>
                </div>
              ))
            ) : (
              <EmptyState title="No variable is set" command='variables.get("exchange_rate", 1.0)'>
                Flows read variables as they are when they run.
              </EmptyState>
            )
          }
        </Read>
      </div>
    </div>
  );
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
