/**
 * Further apart than this are clocks that disagree; below it are what a header's seconds and the way of an answer leave
 * open.
 */
const AGREEING_MS = 5_000;

/**
 * The time as the server has it, since runs are told in it: a browser whose clock is hours off would take what has just
 * happened for something that is still to come.
 */
export class ServerClock {
  #ahead = 0;
  #changed = new Set<() => void>();

  constructor(private readonly own: () => number = () => Date.now()) {}

  now = (): number => this.own() + this.#ahead;

  /** The `Date` header of a response. */
  hear(date: string | null): void {
    const said = Date.parse(date ?? "");
    if (Number.isNaN(said) || Math.abs(said - this.now()) <= AGREEING_MS) return;
    const ahead = said - this.own();
    this.#ahead = Math.abs(ahead) <= AGREEING_MS ? 0 : ahead;
    for (const told of this.#changed) told();
  }

  /** Subscribes to changes of the offset. */
  onChange(told: () => void): () => void {
    this.#changed.add(told);
    return () => this.#changed.delete(told);
  }
}

export const serverClock = new ServerClock();
