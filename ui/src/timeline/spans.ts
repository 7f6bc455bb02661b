import type { StateType } from "../api/types";
import { query } from "../api/client";

/**
 * Task runs as columns, in order of creation. Times are milliseconds since `origin` (ms since the epoch); NaN: not yet.
 */
export interface Spans {
  origin: number;
  count: number;
  ids: string[];
  names: string[];
  start: Float64Array;
  end: Float64Array;
  runTime: Float64Array;
  state: Uint8Array;
  flags: Uint8Array;
  states: StateType[];
  /**
   * By span: 0 for a node of its own, else one more than the place of its node in `groups`, which has the ids of the
   * nodes that stand for many.
   */
  group: Uint32Array;
  groups: string[];
  created: Float64Array;
  /**
   * When each try ran, of spans that were started more than once; `triesFrom[at]` up to `triesFrom[at + 1]` are those
   * of one.
   */
  tryStart: Float64Array;
  tryEnd: Float64Array;
  triesFrom: Uint32Array;
}

interface Description {
  count: number;
  origin: number;
  after: string | null;
  states: StateType[];
  groups: string[];
  columns: { name: string; type: string; offset: number; length: number }[];
}

const SUBFLOW = 1;
export const isSubflow = (spans: Spans, at: number): boolean => (spans.flags[at]! & SUBFLOW) !== 0;

/** The id of the node that stands for a span and others; null: it is a node of its own. */
export const groupOf = ({ group, groups }: Spans, at: number): string | null => groups[group[at]! - 1] ?? null;

/** All pages of a run's spans, of all its tries; `runTry` says whose nodes they are in. */
export async function readSpans(flowRunId: string, runTry: number | undefined, signal: AbortSignal): Promise<Spans> {
  const pages: Spans[] = [];
  for (let after: string | null = null; ;) {
    const response: Response = await fetch(`/api/flow_runs/${flowRunId}/spans${query({ after, run_try: runTry })}`, {
      signal,
    });
    if (!response.ok) throw new Error(`Could not load the timeline (${response.status}).`);
    const page = parsePage(await response.arrayBuffer());
    pages.push(page.spans);
    after = page.after;
    if (after === null) return joined(pages);
  }
}

/** One page, as `docs/api.md` describes it. Raises where it is none. */
export function parsePage(bytes: ArrayBuffer): { spans: Spans; after: string | null } {
  const view = new DataView(bytes);
  if (bytes.byteLength < 8 || view.getUint32(0, true) !== 0x31505341) throw new Error("Invalid timeline data.");
  const description = JSON.parse(
    new TextDecoder().decode(new Uint8Array(bytes, 8, view.getUint32(4, true))),
  ) as Description;
  const place = (name: string) => description.columns.find((column) => column.name === name)!;
  const floats = (name: string) => new Float64Array(bytes, place(name).offset, place(name).length);
  const whole = (name: string) => new Uint32Array(bytes, place(name).offset, place(name).length);
  const small = (name: string) => new Uint8Array(bytes, place(name).offset, place(name).length);
  const ends = whole("name_end");
  const text = small("names");
  const decoder = new TextDecoder();
  const ids = small("id");
  return {
    after: description.after,
    spans: {
      origin: description.origin / 1000,
      count: description.count,
      ids: Array.from({ length: description.count }, (_, at) => uuid(ids, at * 16)),
      names: Array.from(ends, (end, at) => decoder.decode(text.subarray(at ? ends[at - 1] : 0, end))),
      start: floats("start"),
      end: floats("end"),
      runTime: floats("run_time"),
      state: small("state"),
      flags: small("flags"),
      states: description.states,
      group: whole("group"),
      groups: description.groups,
      created: floats("created"),
      tryStart: floats("try_start"),
      tryEnd: floats("try_end"),
      triesFrom: beginnings(whole("try_of"), description.count),
    },
  };
}

function beginnings(of: Uint32Array, count: number): Uint32Array {
  const from = new Uint32Array(count + 1);
  for (const span of of) from[span + 1]!++;
  for (let at = 0; at < count; at++) from[at + 1]! += from[at]!;
  return from;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function uuid(bytes: Uint8Array, at: number): string {
  let text = "";
  for (let byte = 0; byte < 16; byte++)
    text += (byte === 4 || byte === 6 || byte === 8 || byte === 10 ? "-" : "") + HEX[bytes[at + byte]!];
  return text;
}

/** Pages in a row as one; each has its own list of groups. */
export function joined(pages: Spans[]): Spans {
  if (pages.length === 1) return pages[0]!;
  const floats = (column: "start" | "end" | "runTime" | "created" | "tryStart" | "tryEnd") => {
    const whole = new Float64Array(pages.reduce((sum, page) => sum + page[column].length, 0));
    pages.reduce((at, page) => (whole.set(page[column], at), at + page[column].length), 0);
    return whole;
  };
  const small = (column: "state" | "flags") => Uint8Array.from(pages.flatMap((page) => Array.from(page[column])));
  const count = pages.reduce((sum, page) => sum + page.count, 0);
  const places = new Map<string, number>();
  for (const id of pages.flatMap(({ groups }) => groups)) if (!places.has(id)) places.set(id, places.size + 1);
  const group = new Uint32Array(count);
  const triesFrom = new Uint32Array(count + 1);
  let [spansBefore, triesBefore] = [0, 0];
  for (const page of pages) {
    page.triesFrom.forEach((from, at) => (triesFrom[spansBefore + at] = triesBefore + from));
    page.group.forEach((own, at) => (group[spansBefore + at] = own && places.get(page.groups[own - 1]!)!));
    spansBefore += page.count;
    triesBefore += page.tryStart.length;
  }
  return {
    origin: pages[0]!.origin,
    count,
    ids: pages.flatMap((page) => page.ids),
    names: pages.flatMap((page) => page.names),
    start: floats("start"),
    end: floats("end"),
    runTime: floats("runTime"),
    state: small("state"),
    flags: small("flags"),
    states: pages[0]!.states,
    group,
    groups: [...places.keys()],
    created: floats("created"),
    tryStart: floats("tryStart"),
    tryEnd: floats("tryEnd"),
    triesFrom,
  };
}
