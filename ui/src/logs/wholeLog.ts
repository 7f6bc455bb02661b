import { get, query } from "../api/client";
import type { LogLine } from "../api/types";
import { levelName } from "./levels";
import type { LogQuery } from "./useLogLines";

const AT_ONCE = 5000;

/** Every line that matches, from the first, as text: a part for each request. */
export async function wholeLog({ flowRunId, taskRunId, level, search }: LogQuery): Promise<string[]> {
  const parts: string[] = [];
  let after = -1;
  for (;;) {
    const asked = {
      after,
      limit: AT_ONCE,
      level,
      search: search || null,
      task_run_id: taskRunId,
      with_subflows: taskRunId === undefined,
    };
    const lines = await get<LogLine[]>(`logs/${flowRunId}${query(asked)}`);
    if (lines.length === 0) return parts;
    parts.push(lines.map((line) => `${line.timestamp} ${levelName(line.level).padEnd(8)} ${line.message}\n`).join(""));
    after = lines.at(-1)!.ordinal;
  }
}

/** All of a line's message, where only its beginning was read. */
export async function wholeLine({ flow_run_id, ordinal }: LogLine): Promise<string> {
  const [line] = await get<LogLine[]>(`logs/${flow_run_id}${query({ after: ordinal - 1, limit: 1 })}`);
  return line?.ordinal === ordinal ? line.message : "";
}

/** Have the browser keep a log as a file. */
export function saveAsFile(parts: string[], name: string): void {
  const address = URL.createObjectURL(new Blob(parts, { type: "text/plain" }));
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  URL.revokeObjectURL(address);
}
