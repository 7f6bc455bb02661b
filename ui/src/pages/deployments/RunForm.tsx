import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { post } from "../../api/client";
import { flowRunKeys } from "../../api/queryKeys";
import type { Deployment, FlowRun, JsonObject } from "../../api/types";
import { Field } from "../../components/controls";
import { notify } from "../../components/toast";
import { SchemaForm } from "../../forms/SchemaForm";
import { momentIn } from "../../time/local";
import { useZone } from "../../time/zone";

/** Makes a run of a deployment, with a form from the flow's parameters. */
export function RunForm({
  deployment,
  values,
  onDone,
}: {
  deployment: Deployment;
  values: JsonObject;
  onDone: () => void;
}) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [at, setAt] = useState("");
  const [name, setName] = useState("");
  const zone = useZone();
  const when = momentIn(at, zone);
  const [fault, setFault] = useState<string>();
  const run = useMutation({
    mutationFn: (parameters: JsonObject) =>
      post<FlowRun>(`deployments/${deployment.id}/create_flow_run`, {
        parameters,
        ...(when ? { scheduled_time: when.toISOString() } : {}),
        ...(name ? { name } : {}),
      }),
    onError: (error) => setFault(error.message),
    onSuccess: (made) => {
      notify(`Run ${made.name} is ${at ? "scheduled" : "due now"}.`);
      void client.invalidateQueries({ queryKey: flowRunKeys.all() });
      onDone();
      void navigate({ to: "/runs/flow-run/$id", params: { id: made.id } });
    },
  });
  return (
    <SchemaForm
      schema={deployment.parameter_schema}
      values={{ ...deployment.parameters, ...values }}
      verb={at ? "Schedule the run" : "Run now"}
      busy={run.isPending}
      fault={fault}
      onSubmit={(sent) => run.mutate(sent)}
    >
      <div className="grid grid-cols-2 gap-3 border-t border-line pt-3">
        <Field label="Run name" hint="Leave empty to generate one.">
          <input className="field" value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label="When" hint={`In ${zone}. Leave empty to run now.`}>
          <input type="datetime-local" className="field" value={at} onChange={(event) => setAt(event.target.value)} />
        </Field>
      </div>
    </SchemaForm>
  );
}
