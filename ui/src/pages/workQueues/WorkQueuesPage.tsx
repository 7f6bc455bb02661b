import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import * as queries from "../../api/queries";
import type { Worker, WorkQueue } from "../../api/types";
import { classes } from "../../components/classes";
import { Button } from "../../components/controls";
import { EmptyState, Read } from "../../components/feedback";
import { Heading, NameFilter } from "../../components/Heading";
import { Plus } from "../../components/icons";
import { RowTags } from "../../components/row";
import { plural } from "../../time/format";
import { useTopic } from "../../live/live";
import { IN_PLACE } from "../../shell/inPlace";
import { agentsOf } from "./agents";
import { AgentTable } from "./AgentTable";
import { QueueEditor } from "./QueueEditor";
import { QueueSwitch } from "./QueueSwitch";

export function WorkQueuesPage() {
  const search = useSearch({ from: "/shell/work-queues" });
  const navigate = useNavigate({ from: "/work-queues" });
  const queues = useQuery(queries.workQueues());
  useTopic("worker:*");
  const agents = useQuery(queries.workers());
  const create = (now: boolean) =>
    void navigate({ search: (before) => ({ ...before, new: now ? "1" : undefined }), ...IN_PLACE });
  const named = (queue: WorkQueue) => queue.name.toLowerCase().includes((search.q ?? "").toLowerCase());
  return (
    <>
      <Heading title="Work queues">
        <NameFilter
          label="Work queues by name"
          value={search.q ?? ""}
          onChange={(text) => void navigate({ search: (before) => ({ ...before, q: text || undefined }), ...IN_PLACE })}
        />
        <Button kind="primary" onClick={() => create(true)}>
          <Plus /> New work queue
        </Button>
      </Heading>
      <div className="card overflow-hidden">
        <Read query={queues}>
          {(found) =>
            found.some(named) ? (
              found.filter(named).map((queue) => <Row key={queue.id} queue={queue} agents={agents.data ?? []} />)
            ) : search.q ? (
              <EmptyState title="No work queue matches" />
            ) : (
              <EmptyState title="No work queue yet" command="armillary work-queue create NAME --tag TAG">
                A work queue gathers scheduled runs for agents.
              </EmptyState>
            )
          }
        </Read>
      </div>
      <h2 className="text-[15px]">Agents</h2>
      <div className="card overflow-hidden">
        <Read query={agents}>{(found) => <AgentTable agents={found} command="armillary agent start" />}</Read>
      </div>
      {search.new && <QueueEditor onClose={() => create(false)} />}
    </>
  );
}

function Row({ queue, agents }: { queue: WorkQueue; agents: Worker[] }) {
  const status = useQuery(queries.workQueueStatus(queue.id)).data;
  const alive = agentsOf(queue, agents).filter((agent) => agent.alive).length;
  return (
    <article
      className={classes(
        "flex min-h-[60px] items-center gap-3 border-b border-line px-4 py-2 last:border-0 hover:bg-[var(--hover)]",
      )}
    >
      <div className="min-w-0 flex-1">
        <Link
          to="/work-queues/$id"
          params={{ id: queue.id }}
          title={queue.name}
          className="block w-fit max-w-full truncate font-semibold hover:underline"
        >
          {queue.name}
        </Link>
        <p title={filterWords(queue)} className="truncate text-[12.5px] text-muted">
          {filterWords(queue)}
        </p>
      </div>
      <RowTags tags={queue.filter.tags} className="max-w-80 md:block" />
      {status && (
        <span
          className={classes(
            "flex shrink-0 text-[12.5px] whitespace-nowrap text-muted tabular-nums max-sm:flex-col",
            "sm:[&>span]:w-[68px] [&>span]:text-right",
          )}
        >
          <span className="max-sm:hidden sm:w-[104px]!">
            {status.running} running{queue.concurrency_limit === null ? "" : ` of ${queue.concurrency_limit}`}
          </span>
          <span className={status.late ? "text-[var(--late-ink)]" : ""}>{status.late} due</span>
          <span className={alive ? "" : "text-[var(--failed-ink)]"}>{plural(alive, "agent")}</span>
        </span>
      )}
      <QueueSwitch queue={queue} />
    </article>
  );
}

export function filterWords(queue: WorkQueue): string {
  const parts = [
    queue.filter.tags.length && `tagged ${queue.filter.tags.join(" and ")}`,
    queue.filter.deployment_ids.length && `of ${plural(queue.filter.deployment_ids.length, "deployment")}`,
    queue.filter.flow_runner_types.length && `for ${queue.filter.flow_runner_types.join(" or ")}`,
  ].filter(Boolean);
  return parts.length
    ? `Runs ${parts.join(", ")}`
    : queue.name === "default"
      ? "Runs that match no other queue"
      : "Runs of deployments that name it";
}
