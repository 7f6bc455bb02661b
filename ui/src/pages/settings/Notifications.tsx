import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { patch, post, remove } from "../../api/client";
import * as queries from "../../api/queries";
import { notificationPolicyKeys } from "../../api/queryKeys";
import type { NotificationPolicy } from "../../api/types";
import { Button, Tags, Toggle } from "../../components/controls";
import { Confirm } from "../../components/Dialog";
import { EmptyState, Read } from "../../components/feedback";
import { Plus, Trash } from "../../components/icons";
import { NamedState } from "../../components/state";
import { ACTIONS, RowActions, Cell, Row, Table } from "../../components/Table";
import { notifyError, notify } from "../../components/toast";
import { usePageActions } from "../../shell/pageActions";
import { PolicyEditor } from "./PolicyEditor";

/** Messages sent when runs enter a state. */
export function Notifications({ isNew, onNew }: { isNew: boolean; onNew: (wish: boolean) => void }) {
  const client = useQueryClient();
  const policies = useQuery(queries.notificationPolicies());
  const [edited, setEdited] = useState<NotificationPolicy | null>(null);
  const [leaving, setLeaving] = useState<NotificationPolicy | null>(null);
  usePageActions([{ label: "New notification …", run: () => onNew(true) }]);
  const forget = useMutation({
    mutationFn: (id: string) => remove(`notification_policies/${id}`),
    onError: notifyError,
    onSuccess: () => {
      setLeaving(null);
      void client.invalidateQueries({ queryKey: notificationPolicyKeys.all() });
    },
  });
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3 md:flex-nowrap">
        <p className="mr-auto text-muted">
          Send a webhook, mail or chat message when a flow run enters a state. Each state change is sent once.
        </p>
        <Button kind="primary" onClick={() => onNew(true)}>
          <Plus /> New notification
        </Button>
      </div>
      <div className="card overflow-hidden">
        <Read query={policies}>
          {(found) =>
            found.length ? (
              <Table
                label="Notifications"
                heads={["Notification", "When a run is", "Of runs tagged", "Target", ACTIONS]}
              >
                {found.map((policy) => (
                  <PolicyRow
                    key={policy.id}
                    policy={policy}
                    onEdit={() => setEdited(policy)}
                    onDelete={() => setLeaving(policy)}
                  />
                ))}
              </Table>
            ) : (
              <EmptyState
                title="No notification"
                command="armillary notification create ops --state FAILED --target https://…"
              >
                A notification sends a message when a flow run fails, crashes, is late, or enters any other state.
              </EmptyState>
            )
          }
        </Read>
      </div>
      {(isNew || edited) && (
        <PolicyEditor
          {...(edited ? { policy: edited } : {})}
          onClose={() => {
            setEdited(null);
            onNew(false);
          }}
        />
      )}
      <Confirm
        open={leaving !== null}
        onClose={() => setLeaving(null)}
        title={`Delete ${leaving?.name}?`}
        description="Stops its messages, including those not delivered yet."
        verb="Delete the notification"
        busy={forget.isPending}
        onConfirm={() => leaving && forget.mutate(leaving.id)}
      />
    </div>
  );
}

function PolicyRow({
  policy,
  onEdit,
  onDelete,
}: {
  policy: NotificationPolicy;
  onEdit: () => void;
  onDelete: () => void;
}) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (on: boolean) => patch(`notification_policies/${policy.id}`, { is_active: on }),
    onError: notifyError,
    onSuccess: () => client.invalidateQueries({ queryKey: notificationPolicyKeys.all() }),
  });
  const test = useMutation({
    mutationFn: () => post<{ target: string }>(`notification_policies/${policy.id}/test`),
    onError: notifyError,
    onSuccess: ({ target }) => notify(`Sent a test message to ${target}.`),
  });
  return (
    <Row className={policy.active ? "" : "text-muted"}>
      <Cell className="max-w-72 font-medium">
        <span className="block truncate">{policy.name}</span>
      </Cell>
      <Cell>
        <span className="flex flex-wrap gap-1">
          {policy.states.map((state) => (
            <NamedState key={state} name={state} />
          ))}
        </span>
      </Cell>
      <Cell>{policy.tags.length ? <Tags tags={policy.tags} /> : <span className="text-muted">all</span>}</Cell>
      <Cell className="max-w-72 font-mono text-[12.5px]">
        <span className="block truncate" title={policy.target}>
          {policy.target}
        </span>
      </Cell>
      <RowActions>
        <Button disabled={test.isPending} onClick={() => test.mutate()}>
          {test.isPending ? "Sending …" : "Send a test"}
        </Button>
        <Button onClick={onEdit}>Edit</Button>
        <Toggle
          on={policy.active}
          label={policy.active ? `Pause ${policy.name}` : `${policy.name} is paused; resume it`}
          disabled={change.isPending}
          onChange={(on) => change.mutate(on)}
        />
        <Button kind="quiet" square aria-label={`Delete ${policy.name}`} onClick={onDelete}>
          <Trash />
        </Button>
      </RowActions>
    </Row>
  );
}
