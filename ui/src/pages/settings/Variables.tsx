import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { put, remove } from "../../api/client";
import * as queries from "../../api/queries";
import { variableKeys } from "../../api/queryKeys";
import type { Variable } from "../../api/types";
import { Button, Field } from "../../components/controls";
import { Confirm } from "../../components/Dialog";
import { EmptyState, Read } from "../../components/feedback";
import { Trash } from "../../components/icons";
import { RowTags } from "../../components/row";
import { Ago } from "../../components/times";
import { notifyError, notify } from "../../components/toast";
import { formatVariable, parseVariable } from "./variableText";

export function Variables() {
  const client = useQueryClient();
  const variables = useQuery(queries.variables());
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const [leaving, setLeaving] = useState<Variable | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const changed = { onError: notifyError, onSuccess: () => client.invalidateQueries({ queryKey: variableKeys.all() }) };
  // A variable is put whole, so what it has beside its value goes with it.
  const tags = variables.data?.items.find((each) => each.name === name)?.tags ?? [];
  const set = useMutation({
    mutationFn: () => put(`variables/${encodeURIComponent(name)}`, { value: parseVariable(value), tags }),
    ...changed,
  });
  const unset = useMutation({
    mutationFn: (which: string) => remove(`variables/${encodeURIComponent(which)}`),
    ...changed,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    set.mutate(undefined, {
      onSuccess: () => {
        notify(`Set variable ${name}.`);
        setName("");
        setValue("");
      },
    });
  };
  const edit = (variable: Variable) => {
    setName(variable.name);
    setValue(formatVariable(variable.value));
    field.current?.focus();
  };
  return (
    <div className="flex flex-col gap-4">
      <form
        onSubmit={submit}
        className="card grid items-start gap-3 p-4 sm:grid-cols-[minmax(0,14rem)_minmax(0,1fr)_max-content]"
      >
        <Field label="Name">
          <input required className="field w-full" value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label="Value (JSON or text)">
          <textarea
            ref={field}
            required
            rows={Math.min(12, value.split("\n").length)}
            spellCheck={false}
            className="field w-full font-mono text-[12.5px]"
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
        </Field>
        <Button type="submit" kind="primary" disabled={set.isPending} className="sm:mt-[22px]">
          Set
        </Button>
      </form>
      <div className="card overflow-hidden">
        <Read query={variables}>
          {({ items }) =>
            items.length ? (
              items.map((variable) => (
                <VariableRow
                  key={variable.name}
                  variable={variable}
                  onEdit={() => edit(variable)}
                  onUnset={() => setLeaving(variable)}
                />
              ))
            ) : (
              <EmptyState title="No variable yet" command='variables.get("exchange_rate", 1.0)'>
                Flows read variables at run time.
              </EmptyState>
            )
          }
        </Read>
      </div>
      <Confirm
        open={leaving !== null}
        onClose={() => setLeaving(null)}
        title={`Unset ${leaving?.name}?`}
        description="Flows that read it use their default, or fail."
        verb="Unset the variable"
        busy={unset.isPending}
        onConfirm={() => leaving && unset.mutate(leaving.name, { onSuccess: () => setLeaving(null) })}
      />
    </div>
  );
}

function VariableRow({ variable, onEdit, onUnset }: { variable: Variable; onEdit: () => void; onUnset: () => void }) {
  const value = JSON.stringify(variable.value);
  return (
    <div className="flex min-h-11 items-center gap-3 border-b border-line px-4 py-1.5 last:border-0">
      <div className="flex min-w-0 flex-1 gap-x-3 max-sm:flex-col">
        <span title={variable.name} className="w-56 max-w-full shrink-0 truncate font-mono text-[12.5px] font-medium">
          {variable.name}
        </span>
        <code className="min-w-0 flex-1 truncate text-[12.5px]">{value}</code>
      </div>
      <RowTags tags={variable.tags} className="max-w-60 md:block" />
      {variable.updated && (
        <span className="text-muted max-sm:hidden">
          <Ago at={variable.updated} />
        </span>
      )}
      <Button onClick={onEdit}>Edit</Button>
      <Button kind="quiet" square aria-label={`Unset ${variable.name}`} onClick={onUnset}>
        <Trash />
      </Button>
    </div>
  );
}
