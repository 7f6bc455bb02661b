import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Problem, put, query, remove } from "../../api/client";
import * as queries from "../../api/queries";
import { storageBlockKeys } from "../../api/queryKeys";
import type { StorageBlock, StorageKind } from "../../api/types";
import { Button } from "../../components/controls";
import { Confirm } from "../../components/Dialog";
import { EmptyState, Read } from "../../components/feedback";
import { Plus, Trash } from "../../components/icons";
import { ACTIONS, RowActions, Cell, Row, Table } from "../../components/Table";
import { Ago } from "../../components/times";
import { notifyError, notify } from "../../components/toast";
import { usePageActions } from "../../shell/pageActions";
import { StorageEditor } from "./StorageEditor";

/** Where flow code and results are stored. Secrets of a storage are never shown. */
export function Storage({ isNew, onNew }: { isNew: boolean; onNew: (wish: boolean) => void }) {
  const blocks = useQuery(queries.storageBlocks());
  const kinds = useQuery(queries.storageKinds()).data;
  const [edited, setEdited] = useState<StorageBlock | null>(null);
  const [leaving, setLeaving] = useState<StorageBlock | null>(null);
  usePageActions([{ label: "New storage …", run: () => onNew(true) }]);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3 md:flex-nowrap">
        <p className="mr-auto text-muted">
          Where deployment code and run results are stored. Deployments that name no storage use the default.
        </p>
        <Button kind="primary" onClick={() => onNew(true)}>
          <Plus /> New storage
        </Button>
      </div>
      <div className="card overflow-hidden">
        <Read query={blocks}>
          {({ items }) =>
            items.length ? (
              <Table label="Storages" heads={["Storage", "Kind", "Options", "Changed", ACTIONS]}>
                {items.map((block) => (
                  <BlockRow
                    key={block.id}
                    block={block}
                    title={kinds?.find((kind) => kind.type === block.type)?.title ?? block.type}
                    onEdit={() => setEdited(block)}
                    onDelete={() => setLeaving(block)}
                  />
                ))}
              </Table>
            ) : (
              <EmptyState title="No storage yet" command="armillary storage create">
                Without a storage, deployment code stays in this server's home, which agents on other machines cannot
                reach.
              </EmptyState>
            )
          }
        </Read>
      </div>
      {kinds && (isNew || edited) && (
        <StorageEditor
          kinds={kinds}
          {...(edited ? { block: edited } : {})}
          onClose={() => {
            setEdited(null);
            onNew(false);
          }}
        />
      )}
      {leaving && <DeleteBlock block={leaving} onClose={() => setLeaving(null)} />}
    </div>
  );
}

function BlockRow({
  block,
  title,
  onEdit,
  onDelete,
}: {
  block: StorageBlock;
  title: StorageKind["title"];
  onEdit: () => void;
  onDelete: () => void;
}) {
  const client = useQueryClient();
  const choose = useMutation({
    mutationFn: () => put("block_documents/default", { id: block.is_default ? null : block.id }),
    onError: notifyError,
    onSuccess: () => {
      notify(block.is_default ? "Removed the default storage." : `${block.name} is now the default.`);
      void client.invalidateQueries({ queryKey: storageBlockKeys.all() });
    },
  });
  return (
    <Row>
      <Cell className="font-medium">
        <span className="flex items-center gap-2">
          <span className="max-w-72 truncate">{block.name}</span>
          {block.is_default && <span className="rounded bg-accent-soft px-1.5 text-[11.5px] text-accent">default</span>}
        </span>
      </Cell>
      <Cell className="whitespace-nowrap">{title}</Cell>
      <Cell className="w-1/3 max-w-0 min-w-64">
        <span className="flex flex-wrap gap-x-3 font-mono text-[12.5px]">
          {Object.entries(block.options).map(([name, value]) => (
            <span key={name} className="truncate" title={`${name} = ${value}`}>
              <span className="text-muted">{name}</span> {value}
            </span>
          ))}
          {block.secret_names.map((name) => (
            <span key={name} title={`${name} is encrypted at rest`}>
              <span className="text-muted">{name}</span> ••••
            </span>
          ))}
        </span>
      </Cell>
      <Cell className="whitespace-nowrap text-muted">
        <Ago at={block.updated} />
      </Cell>
      <RowActions>
        <Button disabled={choose.isPending} onClick={() => choose.mutate()}>
          {block.is_default ? "Unset default" : "Make default"}
        </Button>
        <Button onClick={onEdit}>Edit</Button>
        <Button kind="quiet" square aria-label={`Delete ${block.name}`} onClick={onDelete}>
          <Trash />
        </Button>
      </RowActions>
    </Row>
  );
}

/** Stored files stay. Asks twice where deployments have their code there. */
function DeleteBlock({ block, onClose }: { block: StorageBlock; onClose: () => void }) {
  const client = useQueryClient();
  const forget = useMutation({
    mutationFn: (force: boolean) => remove(`block_documents/${block.id}${query({ force: force || null })}`),
    onError: (problem) => {
      if (!isInUse(problem)) notifyError(problem);
    },
    onSuccess: () => {
      notify(`Deleted storage ${block.name}.`);
      void client.invalidateQueries({ queryKey: storageBlockKeys.all() });
      onClose();
    },
  });
  const refused = isInUse(forget.error) ? forget.error : null;
  return (
    <Confirm
      open
      onClose={onClose}
      title={`Delete ${block.name}?`}
      description={
        refused
          ? `${refused.message} Their next runs would not find their code.`
          : "Removes it and its secrets from the server; the stored files stay."
      }
      verb={refused ? "Delete anyway" : "Delete the storage"}
      busy={forget.isPending}
      onConfirm={() => forget.mutate(refused !== null)}
    />
  );
}

const isInUse = (problem: Error | null): problem is Problem => problem instanceof Problem && problem.status === 409;
