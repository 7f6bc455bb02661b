import type { Worker } from "../../api/types";
import { EmptyState } from "../../components/feedback";
import { Cell, Row, Table } from "../../components/Table";
import { Ago } from "../../components/times";

export function AgentTable({ agents, command }: { agents: Worker[]; command: string }) {
  if (!agents.length) {
    return (
      <EmptyState title="No agent" command={command}>
        Runs wait until an agent starts on any machine that reaches this server.
      </EmptyState>
    );
  }
  return (
    <Table label="Agents" heads={["Agent", "Host", "Queues", "Runs", "Last heartbeat"]}>
      {agents.map((agent) => (
        <Row key={agent.id}>
          <Cell className="font-medium">
            <span
              className="mr-2 inline-block size-2 rounded-full"
              style={{ background: agent.alive ? "var(--completed)" : "var(--failed)" }}
            />
            {agent.name}
            {!agent.alive && <span className="ml-2 text-[var(--failed-ink)]">silent</span>}
          </Cell>
          <Cell>
            {agent.host} <span className="text-muted">({agent.pid})</span>
          </Cell>
          <Cell>{agent.queues.join(", ") || "all"}</Cell>
          <Cell className="tabular-nums">
            {agent.held.length}
            {agent.slots === null ? "" : ` of ${agent.slots}`}
          </Cell>
          <Cell>
            <Ago at={agent.last_heartbeat} />
          </Cell>
        </Row>
      ))}
    </Table>
  );
}
