import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { remove } from "../../api/client";
import * as queries from "../../api/queries";
import { workQueueKeys } from "../../api/queryKeys";
import type { FlowRun, QueueStatus } from "../../api/types";
import { copy } from "../../components/clipboard";
import { Button, Card } from "../../components/controls";
import { Confirm } from "../../components/Dialog";
import { Facts } from "../../components/Facts";
import { Command, EmptyState, Read } from "../../components/feedback";
import { Heading } from "../../components/Heading";
import { StateBadge } from "../../components/state";
import { Cell, Row, Table } from "../../components/Table";
import { Tabs } from "../../components/Tabs";
import { Ago, Moment } from "../../components/times";
import { notifyError, notify } from "../../components/toast";
import { useMinute } from "../../time/now";
import { useTopic } from "../../live/live";
import { agentsOf } from "./agents";
import { AgentTable } from "./AgentTable";
import { QueueEditor } from "./QueueEditor";
import { usePageActions } from "../../shell/pageActions";
import { IN_PLACE } from "../../shell/inPlace";
import { QueueSwitch, useQueueSwitch } from "./QueueSwitch";
import { filterWords } from "./WorkQueuesPage";

type Tab = "upcoming" | "agents" | "details";

export function WorkQueuePage() {
  const { id } = useParams({ from: "/shell/work-queues/$id" });
  const status = useQuery(queries.workQueueStatus(id));
  return <Read query={status}>{(found) => <Shown status={found} />}</Read>;
}

function Shown({ status }: { status: QueueStatus }) {
  const queue = status.work_queue;
  useTopic("worker:*");
  const agents = agentsOf(queue, useQuery(queries.workers()).data ?? status.agents);
  const { tab = "upcoming" } = useSearch({ from: "/shell/work-queues/$id" });
  const navigate = useNavigate({ from: "/work-queues/$id" });
  const client = useQueryClient();
  const [asked, setAsked] = useState<"edit" | "delete" | null>(null);
  const until = new Date(useMinute() + 86_400_000).toISOString();
  const coming = useQuery(queries.workQueuePreview(queue.id, until));
  const command = `armillary agent start ${/^[\w.-]+$/.test(queue.name) ? queue.name : queue.id}`;
  const forget = useMutation({
    mutationFn: () => remove(`work_queues/${queue.id}`),
    onError: notifyError,
    onSuccess: () => {
      notify(`Deleted work queue ${queue.name}.`);
      void client.invalidateQueries({ queryKey: workQueueKeys.all() });
      void navigate({ to: "/work-queues" });
    },
  });
  const switchOver = useQueueSwitch(queue);
  usePageActions([
    { label: "Edit the work queue …", run: () => setAsked("edit") },
    {
      label: queue.paused ? "Resume the work queue" : "Pause the work queue",
      run: () => switchOver.mutate(queue.paused),
    },
    { label: "Copy the command that starts an agent", run: () => void copy(command) },
    ...(queue.name === "default" ? [] : [{ label: "Delete the work queue …", run: () => setAsked("delete") }]),
  ]);
  return (
    <>
      <Heading title={queue.name}>
        <span className="text-muted">{queue.paused ? "Paused" : `${status.running} running, ${status.late} due`}</span>
        <QueueSwitch queue={queue} />
        <Button onClick={() => setAsked("edit")}>Edit</Button>
        <Button kind="danger" disabled={queue.name === "default"} onClick={() => setAsked("delete")}>
          Delete
        </Button>
      </Heading>
      <div className="flex flex-wrap items-center gap-3 text-muted">
        <span className="min-w-0 wrap-anywhere">{filterWords(queue)}.</span> <span>To start an agent:</span>{" "}
        <Command>{command}</Command>
      </div>
      <Tabs<Tab>
        tabs={[
          { name: "upcoming", label: "Upcoming, next 24 hours", many: coming.data?.length },
          { name: "agents", label: "Agents", many: agents.length },
          { name: "details", label: "Details" },
        ]}
        current={tab as Tab}
        onChange={(name) => void navigate({ search: { tab: name }, ...IN_PLACE })}
      >
        {tab === "upcoming" && (
          <div className="card overflow-hidden">
            <Read query={coming}>{(runs) => <Upcoming runs={runs} />}</Read>
          </div>
        )}
        {tab === "agents" && (
          <div className="card overflow-hidden">
            <AgentTable agents={agents} command={command} />
          </div>
        )}
        {tab === "details" && (
          <Card className="pt-4">
            <Facts
              facts={[
                ["Description", queue.description],
                ["Concurrent runs", queue.concurrency_limit ?? "unlimited"],
                ["Priority", queue.priority],
                ["Last polled by an agent", queue.last_polled && <Ago key="p" at={queue.last_polled} />],
                ["Created", <Moment key="c" at={queue.created} />],
                ["ID", <code key="i">{queue.id}</code>],
              ]}
            />
          </Card>
        )}
      </Tabs>
      {asked === "edit" && <QueueEditor queue={queue} onClose={() => setAsked(null)} />}
      <Confirm
        open={asked === "delete"}
        onClose={() => setAsked(null)}
        title={`Delete ${queue.name}?`}
        description="Its runs stay and move to the queue that matches them."
        verb="Delete the work queue"
        busy={forget.isPending}
        onConfirm={() => forget.mutate()}
      />
    </>
  );
}

function Upcoming({ runs }: { runs: FlowRun[] }) {
  if (!runs.length)
    return (
      <EmptyState title="No run in the next 24 hours">
        Its filter may match no deployment, or their schedules are paused.
      </EmptyState>
    );
  return (
    <Table label="Upcoming runs" heads={["Scheduled", "From now", "Run", "Flow", "State"]}>
      {runs.map((run) => (
        <Row key={run.id}>
          <Cell>
            <Moment at={run.next_scheduled_start_time ?? run.expected_start_time} />
          </Cell>
          <Cell className="text-muted">
            <Ago at={run.next_scheduled_start_time ?? run.expected_start_time} />
          </Cell>
          <Cell>
            <Link to="/runs/flow-run/$id" params={{ id: run.id }} className="link">
              {run.name}
            </Link>
          </Cell>
          <Cell>{run.flow_name}</Cell>
          <Cell>
            <StateBadge {...run} />
          </Cell>
        </Row>
      ))}
    </Table>
  );
}
