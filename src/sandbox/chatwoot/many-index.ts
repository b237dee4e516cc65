/** Ids by a key that several records may share; what is empty is forgotten. */
export class ManyIndex {
  #ids = new Map<string, Set<number>>();

  add(key: string, id: number): void {
    const ids = this.#ids.get(key);
    if (ids === undefined) this.#ids.set(key, new Set([id]));
    else ids.add(id);
  }

  delete(key: string, id: number): void {
    const ids = this.#ids.get(key);
    if (ids?.delete(id) && ids.size === 0) this.#ids.delete(key);
  }

  get(key: string): ReadonlySet<number> {
    return this.#ids.get(key) ?? NOBODY;
  }
}

const NOBODY: ReadonlySet<number> = new Set();
