import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { post } from "../../api/client";
import * as queries from "../../api/queries";
import { flowRunKeys } from "../../api/queryKeys";
import type { FlowRun, JsonObject } from "../../api/types";
import { Button } from "../../components/controls";
import { Dialog } from "../../components/Dialog";
import { Read } from "../../components/feedback";
import { notify } from "../../components/toast";
import { SchemaForm } from "../../forms/SchemaForm";

const ALONE = "input";

/** Lets a paused run go on, with the input it asks for. */
export function ResumeDialog({ run, onClose }: { run: FlowRun; onClose: () => void }) {
  const client = useQueryClient();
  const inputs = useQuery(queries.flowRunInputs(run.id));
  const [fault, setFault] = useState<string>();
  const resume = useMutation({
    mutationFn: (body: JsonObject) => post(`flow_runs/${run.id}/resume`, body),
    onError: (error) => setFault(error.message),
    onSuccess: () => {
      notify("Resumed.");
      void client.invalidateQueries({ queryKey: flowRunKeys.one(run.id) });
      onClose();
    },
  });
  return (
    <Dialog open onClose={onClose} title={`Resume ${run.name}`}>
      <Read query={inputs}>
        {(all) => {
          const schema = all.findLast((each) => each.answered === null)?.schema as JsonObject | null | undefined;
          if (!schema) {
            return (
              <div className="flex items-center justify-between gap-3">
                <p className="text-muted">{fault ?? "The run waits for no input."}</p>
                <Button kind="primary" disabled={resume.isPending} onClick={() => resume.mutate({})}>
                  Resume
                </Button>
              </div>
            );
          }
          const isObject = schema["type"] === "object";
          const whole = isObject
            ? schema
            : { ...schema, properties: { [ALONE]: { title: "Input", ...schema } }, required: [ALONE] };
          return (
            <SchemaForm
              schema={whole}
              values={{}}
              verb="Resume"
              busy={resume.isPending}
              fault={fault}
              onSubmit={(values) => resume.mutate({ run_input: isObject ? values : values[ALONE] })}
            />
          );
        }}
      </Read>
    </Dialog>
  );
}
