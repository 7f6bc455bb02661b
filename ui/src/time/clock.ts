/**
 * Further apart than this are clocks that disagree; below it are what a header's seconds and the way of an answer leave
 * open.
 */
const AGREEING_MS = 5_000;

/**
 * The time as the server has it, which run times are in: a browser whose clock is hours off would take what has just
 * happened for something that is still to come.
 */
export class ServerClock {
  #ahead = 0;
  #changed = new Set<() => void>();

  constructor(private readonly own: () => number = () => Date.now()) {}

  now = (): number => this.own() + this.#ahead;

  /** The `Date` header of a response. */
  hear(date: string | null): void {
    const serverTime = Date.parse(date ?? "");
    if (Number.isNaN(serverTime) || Math.abs(serverTime - this.now()) <= AGREEING_MS) return;
    const ahead = serverTime - this.own();
    this.#ahead = Math.abs(ahead) <= AGREEING_MS ? 0 : ahead;
    for (const listener of this.#changed) listener();
  }

  /** Subscribes to changes of the offset. */
  onChange(listener: () => void): () => void {
    this.#changed.add(listener);
    return () => this.#changed.delete(listener);
  }
}

export const serverClock = new ServerClock();
