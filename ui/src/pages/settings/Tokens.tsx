import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { post, query, remove } from "../../api/client";
import * as queries from "../../api/queries";
import { tokensKeys } from "../../api/queryKeys";
import type { ApiToken, MadeToken } from "../../api/types";
import { Button, Field } from "../../components/controls";
import { Confirm, Dialog } from "../../components/Dialog";
import { Command, Read } from "../../components/feedback";
import { ACTIONS, RowActions, Cell, Row, Table } from "../../components/Table";
import { Ago } from "../../components/times";
import { notifyError } from "../../components/toast";
import { madeBy, madeWith } from "./tokenMakers";

/** Who may ask this server. A token is seen once, when it is made. */
export function Tokens() {
  const client = useQueryClient();
  const tokens = useQuery(queries.tokens());
  const [name, setName] = useState("");
  const [scope, setScope] = useState("agent");
  const [revoking, setRevoking] = useState<ApiToken | null>(null);
  const [withChildren, setWithChildren] = useState(true);
  const again = () => client.invalidateQueries({ queryKey: tokensKeys.all() });
  const create = useMutation({
    mutationFn: () => post<MadeToken>("tokens", { name, scope }),
    onError: notifyError,
    onSuccess: again,
  });
  const revoke = useMutation({
    mutationFn: (id: string) => remove(`tokens/${id}${query({ with_children: withChildren })}`),
    onError: notifyError,
    onSuccess: () => {
      setRevoking(null);
      void again();
    },
  });
  const children = revoking ? madeWith(revoking, tokens.data ?? []) : [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(undefined, { onSuccess: () => setName("") });
  };
  return (
    <div className="flex flex-col gap-4">
      <form onSubmit={submit} className="card flex flex-wrap items-end gap-3 p-4">
        <Field label="Name">
          <input
            required
            maxLength={200}
            className="field w-56"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <Field label="Permissions">
          <select className="field" value={scope} onChange={(event) => setScope(event.target.value)}>
            <option value="agent">claim and report runs (agent)</option>
            <option value="admin">do everything (admin)</option>
          </select>
        </Field>
        <Button type="submit" kind="primary" disabled={create.isPending}>
          Create token
        </Button>
      </form>
      <div className="card overflow-hidden">
        <Read query={tokens}>
          {(found) => (
            <Table label="Tokens" heads={["Token", "Scope", "Created by", "Created", "Last used", ACTIONS]}>
              {found.map((token) => (
                <Row key={token.id} className={token.revoked ? "text-muted line-through" : ""}>
                  <Cell className="font-medium">{token.name}</Cell>
                  <Cell>{token.scope}</Cell>
                  <Cell className="text-muted">{madeBy(token, found)}</Cell>
                  <Cell>
                    <Ago at={token.created} />
                  </Cell>
                  <Cell>{token.last_used ? <Ago at={token.last_used} /> : "never"}</Cell>
                  <RowActions>
                    {!token.revoked && <Button onClick={() => setRevoking(token)}>Revoke</Button>}
                  </RowActions>
                </Row>
              ))}
            </Table>
          )}
        </Read>
      </div>
      <Dialog
        open={create.data !== undefined}
        onClose={() => create.reset()}
        title="New token"
        description="Shown only once: the server stores a hash of it."
      >
        {create.data && <Command>{create.data.token}</Command>}
      </Dialog>
      <Confirm
        open={revoking !== null}
        onClose={() => setRevoking(null)}
        title={`Revoke the token ${revoking?.name ?? ""}?`}
        description={
          <>
            Requests with it are refused from now on.
            {children.length > 0 && (
              <label className="mt-2 flex items-center gap-2">
                <input
                  type="checkbox"
                  checked={withChildren}
                  onChange={(event) => setWithChildren(event.target.checked)}
                />
                Also revokes the tokens created with it: {children.map((each) => each.name).join(", ")}
              </label>
            )}
          </>
        }
        verb="Revoke token"
        busy={revoke.isPending}
        onConfirm={() => revoking && revoke.mutate(revoking.id)}
      />
    </div>
  );
}
