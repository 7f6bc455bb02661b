import { goSignIn } from "../api/client";
import type { RunStateChange } from "./patchRun";
import { EventParser } from "./sse";

export type Link = "connecting" | "live" | "delayed" | "offline";

/** A change from the outbox; further fields depend on the kind. */
export interface Change extends RunStateChange {
  kind: string;
  id: string;
  root_flow_run_id: string | null;
  /** Of a task run. */
  flow_run_id?: string;
  /** Of a log: its newest line. */
  ordinal?: number;
  /** For kinds outside the outbox: the whole record, or null where it was deleted. */
  record?: object | null;
}

const ALWAYS = ["flow_run:*", "deployment:*", "work_queue:*", "artifact:*", "variable:*"];
const SILENT_AFTER_MS = 40_000;
const LONGEST_PAUSE_MS = 10_000;

/**
 * The page's one connection to `/api/stream`. It reconnects by itself, behind the last event it saw, so nothing is
 * missed; where the server cannot go on from there it says `reset`, and whoever listens reads a snapshot.
 */
export class Stream {
  link: Link = "connecting";
  #topics = new Map<string, number>();
  #last: string | null = null;
  #abort: AbortController | null = null;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #links = new Set<() => void>();

  constructor(
    private readonly onChanges: (changes: Change[]) => void,
    /** Cached data may be outdated: changes were missed. */
    private readonly onReset: () => void,
  ) {}

  start(): void {
    addEventListener("online", () => this.#reconnect());
    addEventListener("offline", () => this.#say("offline"));
    void this.#run();
  }

  /** Listen to a topic until the returned function is called. */
  follow(topic: string): () => void {
    const many = this.#topics.get(topic) ?? 0;
    this.#topics.set(topic, many + 1);
    if (!many) this.#reconnect();
    return () => {
      const left = (this.#topics.get(topic) ?? 1) - 1;
      if (left) this.#topics.set(topic, left);
      else this.#topics.delete(topic);
    };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#links.add(listener);
    return () => this.#links.delete(listener);
  };

  #reconnect(): void {
    this.#failures = 0;
    this.#abort?.abort();
  }

  async #run(): Promise<never> {
    for (;;) {
      this.#abort = new AbortController();
      try {
        await this.#listen(this.#abort.signal);
      } catch {
        if (!this.#abort.signal.aborted) this.#failures++;
      }
      clearTimeout(this.#watchdog);
      if (this.#failures) this.#say(this.#failures > 3 || !navigator.onLine ? "offline" : "delayed");
      const pause = this.#failures ? Math.min(LONGEST_PAUSE_MS, 250 * 2 ** this.#failures) : 0;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const topics = [...ALWAYS, ...this.#topics.keys()].join(",");
    const response = await fetch(`/api/stream?topics=${encodeURIComponent(topics)}`, {
      signal,
      headers: { accept: "text/event-stream", ...(this.#last === null ? {} : { "last-event-id": this.#last }) },
    });
    if (response.status === 401) goSignIn();
    if (!response.ok || !response.body) throw new Error(`the stream returned ${response.status}`);
    const parser = new EventParser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    this.#failures = 0;
    this.#say("live");
    for (;;) {
      this.#watch();
      const { done, value } = await reader.read();
      if (done) throw new Error("the stream ended");
      for (const event of parser.feed(value)) {
        if (event.id) this.#last = event.id;
        if (event.name === "changes") this.onChanges(JSON.parse(event.data) as Change[]);
        else if (event.name === "reset" || event.name === "hello") this.onReset();
      }
    }
  }

  /** The server pings, so a silent connection is dead, whatever the socket reports. */
  #watch(): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#abort?.abort(), SILENT_AFTER_MS);
  }

  #say(link: Link): void {
    if (link === this.link) return;
    this.link = link;
    for (const listener of this.#links) listener();
  }
}
