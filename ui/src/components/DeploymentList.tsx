import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { post } from "../api/client";
import * as queries from "../api/queries";
import { deploymentKeys } from "../api/queryKeys";
import type { Criteria, Deployment, Page, StorageBlock } from "../api/types";
import { QuickRun, ScheduleSwitch } from "./deploymentActions";
import { EmptyState } from "./feedback";
import { EndlessList } from "./EndlessList";
import { RowTags } from "./row";

/** Without criteria it lists all, and an empty list means that there is none. */
export function DeploymentList({ criteria }: { criteria?: Criteria }) {
  const blocks = useQuery(queries.storageBlocks()).data?.items ?? [];
  return (
    <EndlessList<Deployment>
      label="Deployments"
      queryKey={deploymentKeys.endless(criteria)}
      read={(after, signal) => post<Page<Deployment>>("deployments/filter", { ...criteria, limit: 50, after }, signal)}
      rowHeight={56}
      empty={
        <EmptyState
          title={criteria ? "No deployment matches" : "No deployment yet"}
          command="armillary deployment create deployments.py"
        >
          A deployment runs a flow on a schedule or on demand.
        </EmptyState>
      }
      row={(deployment) => <DeploymentRow deployment={deployment} storage={storageWords(deployment, blocks)} />}
    />
  );
}

export const scheduleWords = (deployment: Deployment): string =>
  deployment.schedules.map((each) => each.words).join(", ") || "No schedule";

/** Where the code of a deployment is stored, in words. */
export function storageWords(deployment: Deployment, blocks: readonly StorageBlock[]): string {
  if (deployment.storage_block_id !== null)
    return blocks.find((block) => block.id === deployment.storage_block_id)?.name ?? "a deleted storage";
  return deployment.project_hash ? "the server's home" : "the folder it was deployed from";
}

function DeploymentRow({ deployment, storage }: { deployment: Deployment; storage: string }) {
  return (
    <article className="flex h-full items-center gap-3 border-b border-line px-4 hover:bg-[var(--hover)]">
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-1.5">
          <Link
            to="/flows/$id"
            params={{ id: deployment.flow_id }}
            title={deployment.flow_name}
            className="min-w-[4ch] shrink-[3] truncate text-muted hover:underline max-sm:hidden"
          >
            {deployment.flow_name}
          </Link>
          <span className="text-muted max-sm:hidden">/</span>
          <Link
            to="/deployments/$id"
            params={{ id: deployment.id }}
            title={deployment.name}
            className="truncate font-semibold hover:underline"
          >
            {deployment.name}
          </Link>
        </div>
        <p className="truncate text-[12.5px] text-muted">
          {deployment.paused ? "Paused" : scheduleWords(deployment)} ·{" "}
          {String(deployment.flow_runner["type"] ?? "universal")} · {storage} ·{" "}
          <span className="font-mono">{deployment.entrypoint}</span>
        </p>
      </div>
      <RowTags tags={deployment.tags} className="max-w-80 md:block" />
      <QuickRun deployment={deployment} />
      <ScheduleSwitch deployment={deployment} />
    </article>
  );
}
