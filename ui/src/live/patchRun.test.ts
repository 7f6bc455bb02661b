import { expect, test } from "vitest";
import type { FlowRun } from "../api/types";
import { patchRun } from "./patchRun";

const AT = Date.UTC(2022, 5, 15, 4);
const running = {
  state_type: "RUNNING",
  state_name: "Running",
  state_message: null,
  state_timestamp: new Date(AT).toISOString(),
  start_time: new Date(AT).toISOString(),
  end_time: null,
  run_count: 1,
  total_run_time_seconds: 5,
} as FlowRun;

test("a run takes the state that the stream reports", () => {
  const ended = patchRun(running, {
    state_type: "COMPLETED",
    state_name: "Completed",
    state_at: (AT + 2_000) * 1000,
    started: AT * 1000,
    ended: (AT + 2_000) * 1000,
    run_count: 1,
  });
  expect(ended).toMatchObject({
    state_type: "COMPLETED",
    state_name: "Completed",
    end_time: "2022-06-15T04:00:02.000Z",
    total_run_time_seconds: 7,
  });
});

test("what is older than what was read changes nothing", () => {
  expect(patchRun(running, { state_type: "PENDING", state_name: "Pending", state_at: (AT - 1) * 1000 })).toBe(running);
  expect(patchRun(running, {})).toBe(running);
});
