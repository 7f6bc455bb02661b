import type { Worker } from "../../api/types";
import { EmptyState } from "../../components/feedback";
import { Ago } from "../../components/times";

export function AgentTable({ agents, command }: { agents: Worker[]; command: string }) {
  if (!agents.length) {
    return (
      <EmptyState title="No agent works here" command={command}>
        Runs wait until one is started, on any machine that reaches this server.
      </EmptyState>
    );
  }
  return (
    <table className="w-full">
      <thead>
        <tr className="border-b border-line text-left text-[12.5px] text-muted">
          {["Agent", "Host", "Queues", "Runs", "Last heartbeat"].map((head) => (
            <th key={head} className="px-4 py-2 font-medium">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {agents.map((agent) => (
          <tr key={agent.id} className="border-b border-line last:border-0">
            <td className="px-4 py-2 font-medium">
              <span className="mr-2 inline-block size-2 rounded-full" style={{ background: agent.alive ? "var(--completed)" : "var(--failed)" }} />
              {agent.name}
              {!agent.alive && <span className="ml-2 text-[var(--failed-ink)]">silent</span>}
            </td>
            <td className="px-4 py-2">
              {agent.host} <span className="text-muted">({agent.pid})</span>
            </td>
            <td className="px-4 py-2">{agent.queues.join(", ") || "all"}</td>
            <td className="px-4 py-2 tabular-nums">
              {agent.held.length}
              {agent.slots === null ? "" : ` of ${agent.slots}`}
            </td>
            <td className="px-4 py-2">
              <Ago at={agent.last_heartbeat} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
