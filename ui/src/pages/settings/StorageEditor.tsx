import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { post, put } from "../../api/client";
import { storageBlockKeys } from "../../api/queryKeys";
import type { StorageBlock, StorageKind } from "../../api/types";
import { Button, Field } from "../../components/controls";
import { Dialog } from "../../components/Dialog";
import { Fault } from "../../components/feedback";
import { notify } from "../../components/toast";

/** Creates a storage or replaces one; the server lists the fields of each kind. */
export function StorageEditor({
  kinds,
  block,
  onClose,
}: {
  kinds: StorageKind[];
  block?: StorageBlock;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const [type, setType] = useState(block?.type ?? "local");
  const [name, setName] = useState(block?.name ?? "");
  const [options, setOptions] = useState<Record<string, string>>(block?.options ?? {});
  const [isDefault, setDefault] = useState(block?.is_default ?? false);
  const kind = kinds.find((each) => each.type === type) ?? kinds[0]!;
  const wasDefault = block?.is_default ?? false;
  const save = useMutation({
    mutationFn: async () => {
      const wanted = Object.fromEntries(
        kind.options
          .map((option) => [option.name, options[option.name] || option.default])
          .filter(([, value]) => value),
      );
      const saved = await post<StorageBlock>("block_documents", {
        name: name.trim(),
        type: kind.type,
        options: wanted,
        replace: block !== undefined,
      });
      if (isDefault !== wasDefault) await put("block_documents/default", { id: isDefault ? saved.id : null });
      return saved;
    },
    onSuccess: (saved) => {
      notify(`Saved storage ${saved.name}.`);
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: storageBlockKeys.all() }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={block ? `Edit ${block.name}` : "New storage"}
      description={
        "The server does not check that it exists. To test it, run armillary storage create on a machine " +
        "that reaches it: it writes and reads a file."
      }
    >
      <form onSubmit={submit} className="flex flex-col gap-3.5">
        <Field label="Kind" hint={kind.meaning}>
          <select className="field" value={kind.type} onChange={(event) => setType(event.target.value)}>
            {kinds.map((each) => (
              <option key={each.type} value={each.type}>
                {each.title}
              </option>
            ))}
          </select>
        </Field>
        <Field label="Name">
          <input
            required
            maxLength={200}
            disabled={block !== undefined}
            className="field"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        {kind.options.map((option) => (
          <Field
            key={`${kind.type} ${option.name}`}
            label={
              <>
                <span className="font-mono">{option.name}</span>{" "}
                {option.required && <span className="text-muted">· required</span>}
              </>
            }
            hint={[
              `${option.meaning[0]!.toUpperCase()}${option.meaning.slice(1)}.`,
              ...(option.secret ? ["Encrypted at rest."] : []),
              ...(option.secret && block?.secret_names.includes(option.name)
                ? ["Already set; enter it again to keep it."]
                : []),
            ].join(" ")}
          >
            <input
              required={option.required && !option.default}
              type={option.secret ? "password" : "text"}
              autoComplete={option.secret ? "new-password" : "off"}
              placeholder={option.default}
              spellCheck={false}
              className="field font-mono text-[12.5px]"
              value={options[option.name] ?? ""}
              onChange={(event) => setOptions({ ...options, [option.name]: event.target.value })}
            />
          </Field>
        ))}
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            className="accent-[var(--accent)]"
            checked={isDefault}
            onChange={(event) => setDefault(event.target.checked)}
          />
          Use as the default
        </label>
        <Fault error={save.error} />
        <Button type="submit" kind="primary" disabled={save.isPending} className="self-end">
          {block ? "Save" : "Create"}
        </Button>
      </form>
    </Dialog>
  );
}
