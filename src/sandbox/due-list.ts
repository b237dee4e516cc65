const TICK_MS = 25;

/** Items that wait for their time; those due within the same 25 ms are handed over together. */
export class DueList<T> {
  #buckets = new Map<number, T[]>();
  #timer: NodeJS.Timeout | undefined;
  #timerFor = Number.POSITIVE_INFINITY;
  #size = 0;
  #due: (items: T[]) => void;

  constructor(due: (items: T[]) => void) {
    this.#due = due;
  }

  get size(): number {
    return this.#size;
  }

  /** `dueAt`: unix milliseconds; in the past means at the next tick. */
  add(dueAt: number, item: T): void {
    const bucket = Math.ceil(Math.max(dueAt, Date.now()) / TICK_MS);
    const items = this.#buckets.get(bucket);
    if (items === undefined) this.#buckets.set(bucket, [item]);
    else items.push(item);
    this.#size++;
    if (bucket < this.#timerFor) this.#wakeFor(bucket);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#buckets.clear();
    this.#size = 0;
  }

  #wakeFor(bucket: number): void {
    clearTimeout(this.#timer);
    this.#timerFor = bucket;
    // Timers hold 31 bits; waking early only means to look again.
    const wait = Math.min(Math.max(0, bucket * TICK_MS - Date.now()), 2_000_000_000);
    this.#timer = setTimeout(() => this.#tick(), wait);
  }

  #tick(): void {
    this.#timerFor = Number.POSITIVE_INFINITY;
    const current = Math.floor(Date.now() / TICK_MS);
    const due = [...this.#buckets.keys()].filter((bucket) => bucket <= current).sort((a, b) => a - b);
    const items: T[] = [];
    for (const bucket of due) {
      for (const item of this.#buckets.get(bucket) ?? []) items.push(item);
      this.#buckets.delete(bucket);
    }
    this.#size -= items.length;
    if (items.length > 0) this.#due(items);
    // What was handed over may have added some itself.
    let next = this.#timerFor;
    for (const bucket of this.#buckets.keys()) next = Math.min(next, bucket);
    if (next < this.#timerFor) this.#wakeFor(next);
  }
}
