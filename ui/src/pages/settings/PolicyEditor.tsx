import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { patch, post } from "../../api/client";
import { notificationPolicyKeys } from "../../api/queryKeys";
import { NARROWER_NAMES, STATE_TYPES } from "../../api/states";
import type { NotificationPolicy } from "../../api/types";
import { Chips } from "../../components/Chips";
import { Button, Field } from "../../components/controls";
import { Dialog } from "../../components/Dialog";
import { Fault } from "../../components/feedback";
import { stateWords } from "../../components/state";
import { notify } from "../../components/toast";

/** Creates or edits a notification; an empty target keeps the current one. */
export function PolicyEditor({ policy, onClose }: { policy?: NotificationPolicy; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(policy?.name ?? "");
  const [states, setStates] = useState<string[]>(policy?.states ?? ["FAILED", "CRASHED"]);
  const [tags, setTags] = useState(policy?.tags.join(", ") ?? "");
  const [target, setTarget] = useState("");
  const [template, setTemplate] = useState(policy?.template ?? "");
  const save = useMutation({
    mutationFn: () => {
      const wanted = {
        states,
        tags: tags
          .split(",")
          .map((tag) => tag.trim())
          .filter(Boolean),
        template: template.trim() ? template : null,
      };
      return policy
        ? patch<NotificationPolicy>(`notification_policies/${policy.id}`, { ...wanted, ...(target ? { target } : {}) })
        : post<NotificationPolicy>("notification_policies", { ...wanted, name: name.trim(), target });
    },
    onSuccess: (saved) => {
      notify(`Saved notification ${saved.name}.`);
      void client.invalidateQueries({ queryKey: notificationPolicyKeys.all() });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const chips = (legend: string, values: readonly string[]) => (
    <Chips
      legend={legend}
      values={values}
      words={stateWords}
      chosen={(state) => states.includes(state)}
      onToggle={(state) =>
        setStates(states.includes(state) ? states.filter((each) => each !== state) : [...states, state])
      }
    />
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title={policy ? `Edit ${policy.name}` : "New notification"}
      description="Applies to state changes from now on."
    >
      <form onSubmit={submit} className="flex flex-col gap-3.5">
        <Field label="Name">
          <input
            required
            maxLength={200}
            disabled={policy !== undefined}
            className="field"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        {chips("State types", STATE_TYPES)}
        {chips("State names", NARROWER_NAMES)}
        <Field label="Tags" hint="Separated by commas. Matches runs with any of them; leave empty for all runs.">
          <input className="field" value={tags} onChange={(event) => setTags(event.target.value)} />
        </Field>
        <Field
          label="Target"
          hint={
            "The https address of a webhook, or an Apprise address such as slack://… or mailto://…; " +
            "encrypted at rest." +
            (policy ? ` Leave empty to keep ${policy.target}.` : "")
          }
        >
          <input
            required={!policy}
            maxLength={2000}
            spellCheck={false}
            autoComplete="off"
            className="field font-mono text-[12.5px]"
            placeholder="https://"
            value={target}
            onChange={(event) => setTarget(event.target.value)}
          />
        </Field>
        <Field
          label="Message"
          hint={
            "Leave empty for the default message. Placeholders: {flow_name}, {flow_run_name}, {state_name}, " +
            "{state_message}, {flow_run_url}, {tags}, {parameters} …"
          }
        >
          <textarea
            rows={3}
            maxLength={10_000}
            className="field"
            value={template}
            onChange={(event) => setTemplate(event.target.value)}
          />
        </Field>
        <Fault error={save.error} />
        <Button type="submit" kind="primary" disabled={save.isPending || !states.length} className="self-end">
          {policy ? "Save" : "Create"}
        </Button>
      </form>
    </Dialog>
  );
}
