import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const DEBOUNCE_MS = 200;

/**
 * Keeps a state in a JSON file (mode 0600): written to a neighbour and renamed, so that it is never half there.
 * Changes are gathered for 200 ms; where writing has become slow, for twenty times what the last write took, so
 * that a big state never costs more than a twentieth of a core.
 */
export class StateFile<T> {
  #path: string;
  #read: () => T;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | null = null;
  #lastTookMs = 0;
  #dirty = false;
  #closed = false;

  constructor(path: string, read: () => T) {
    this.#path = path;
    this.#read = read;
    mkdirSync(dirname(path), { recursive: true });
  }

  /** What the last process left; null where there is no file. A broken file throws: it is not ours to delete. */
  static load<T>(path: string): T | null {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new Error(`${path} is not readable as JSON: remove it to start with an empty sandbox`);
    }
  }

  /** Says that the state changed. */
  touch(): void {
    this.#dirty = true;
    if (this.#closed || this.#timer !== undefined || this.#writing !== null) return;
    this.#timer = setTimeout(() => this.#write(), Math.max(DEBOUNCE_MS, 20 * this.#lastTookMs));
  }

  /** Writes what is there now, and no more after that. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#writing;
    writeFileSync(`${this.#path}.tmp`, JSON.stringify(this.#read()), { mode: 0o600 });
    renameSync(`${this.#path}.tmp`, this.#path);
  }

  #write(): void {
    this.#timer = undefined;
    this.#dirty = false;
    const began = performance.now();
    const text = JSON.stringify(this.#read());
    this.#lastTookMs = performance.now() - began;
    this.#writing = writeFile(`${this.#path}.tmp`, text, { mode: 0o600 })
      .then(() => rename(`${this.#path}.tmp`, this.#path))
      .catch((error: unknown) => console.error(`sandbox: cannot write ${this.#path}: ${String(error)}`))
      .then(() => {
        this.#writing = null;
        if (this.#dirty) this.touch();
      });
  }
}
