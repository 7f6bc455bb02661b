/** Packs spans into as few lanes as they need. Spans come by start; the lane of each, and how many there are. */
export function lanes(starts: ArrayLike<number>, ends: ArrayLike<number>): { lane: Int32Array; many: number } {
  const order = Array.from({ length: starts.length }, (_, at) => at).sort(
    (left, right) => starts[left]! - starts[right]!,
  );
  const lane = new Int32Array(starts.length);
  const free = new Heap(); // lanes that are free again, lowest first
  const busy = new Heap(); // [end, lane]
  let many = 0;
  for (const span of order) {
    while (busy.size && busy.least <= starts[span]!) free.push(busy.pop(), 0);
    const taken = free.size ? free.popKey() : many++;
    lane[span] = taken;
    busy.push(Math.max(ends[span]!, starts[span]!), taken);
  }
  return { lane, many };
}

/** Pairs by their first number; `pop` answers the second of the least pair. */
class Heap {
  #keys: number[] = [];
  #values: number[] = [];

  get size(): number {
    return this.#keys.length;
  }

  get least(): number {
    return this.#keys[0]!;
  }

  push(key: number, value: number): void {
    let at = this.#keys.push(key) - 1;
    this.#values.push(value);
    while (at && this.#keys[(at - 1) >> 1]! > this.#keys[at]!) {
      this.#swap(at, (at - 1) >> 1);
      at = (at - 1) >> 1;
    }
  }

  pop(): number {
    const value = this.#values[0]!;
    this.popKey();
    return value;
  }

  popKey(): number {
    const key = this.#keys[0]!;
    const last = this.#keys.length - 1;
    this.#swap(0, last);
    this.#keys.pop();
    this.#values.pop();
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      if (left >= last) return key;
      const child = left + 1 < last && this.#keys[left + 1]! < this.#keys[left]! ? left + 1 : left;
      if (this.#keys[at]! <= this.#keys[child]!) return key;
      this.#swap(at, child);
      at = child;
    }
  }

  #swap(left: number, right: number): void {
    [this.#keys[left], this.#keys[right]] = [this.#keys[right]!, this.#keys[left]!];
    [this.#values[left], this.#values[right]] = [this.#values[right]!, this.#values[left]!];
  }
}
