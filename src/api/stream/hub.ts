import type { Database, TenantRows } from '../../db/database.ts';
import { changesSince, type LiveChanges, liveCursor } from '../../db/live.ts';
import { startLoop } from '../../loop.ts';
import { message, messagesOf, type Written } from './messages.ts';
import type { Page } from './page.ts';

/** Reads the lines of leads, as the contract has them. */
export type ReadLines = (rows: TenantRows, ids: readonly string[]) => Promise<readonly { id: string }[]>;

export type HubOptions = {
  database: Database;
  readLines: ReadLines;
  onError: (error: Error) => void;
  /** A pass has told its pages of what was written `seconds` ago. */
  onTold: (seconds: number) => void;
  /** How often it is looked for changes that nobody announced; milliseconds. */
  idleMs?: number | undefined;
};

/** The open pages of one tenant in this process, who are told of the same changes together. */
export type Hub = {
  /** Lets a page in; it goes on after `cursor`, or from now on. */
  join(page: Page, cursor: string | undefined): void;
  leave(page: Page): void;
  readonly size: number;
  /** There may be something new. */
  poke(): void;
  /** Tells every page that the stream is alive. */
  keepAlive(): void;
  stop(): Promise<void>;
};

const IDLE_MS = 350;
/** The least time from one look to the next, so that what comes in a storm is told together. */
const GATHER_MS = 75;
/** Where more leads than these change at once, pages read them anew by themselves … */
const MOST_LEADS = 1_000;
/** … and are left in peace so long, in milliseconds, before they are told of more. */
const STORM_MS = 2_000;

/**
 * Opens the hub of a tenant. What changed is looked up once, read once and written once for all pages; a page that
 * comes back has what it missed first.
 */
export function openHub(tenantId: string, options: HubOptions): Hub {
  const { database, readLines } = options;
  const pages = new Set<Page>();
  let waiting: { page: Page; cursor: string | undefined }[] = [];
  /** What was visible until then, all pages have been told. */
  let cursor: string | undefined;
  let calmAt = 0;

  const loop = startLoop({
    idleMs: options.idleMs ?? IDLE_MS,
    gatherMs: GATHER_MS,
    onError: options.onError,
    pass,
  });

  async function pass(): Promise<number> {
    const told = await tellAll();
    await welcomeAll();
    return told;
  }

  async function tellAll(): Promise<number> {
    if (performance.now() < calmAt) return 0;
    const from = cursor;
    const began = performance.now();
    const changes =
      from === undefined ? null : await database.together(tenantId, (rows) => changesSince(rows, from));
    if (from === undefined || !changes) {
      const now = await database.together(tenantId, liveCursor);
      for (const page of pages) page.send(message({ type: 'resync', cursor: now }));
      cursor = now;
      return 0;
    }
    const tell = await prepare([...pages], changes, from);
    for (const page of pages) tell(page);
    cursor = changes.cursor;
    const count = changes.leads.length + changes.kinds.length;
    if (count > 0) options.onTold(changes.age + (performance.now() - began) / 1000);
    return count;
  }

  /** Reads and writes down what changed since `from`; what it gives tells a page, which is one of `some`. */
  async function prepare(
    some: readonly Page[],
    changes: LiveChanges,
    from: string,
  ): Promise<(page: Page) => void> {
    const isStorm = changes.leads.length > MOST_LEADS;
    const written = await write(changes, isStorm ? wantedBy(some) : null);
    if (isStorm) calmAt = performance.now() + STORM_MS;
    const between = { from, to: changes.cursor };
    const toAll = isStorm
      ? [message({ type: 'resync', cursor: changes.cursor })]
      : messagesOf(written, null, between);
    return (page) => {
      for (const text of page.leads ? messagesOf(written, page.leads, between) : toAll) page.send(text);
    };
  }

  async function write(changes: LiveChanges, only: ReadonlySet<string> | null): Promise<Written> {
    const ids = only ? changes.leads.filter((id) => only.has(id)) : changes.leads;
    const lines = ids.length > 0 ? await database.together(tenantId, (rows) => readLines(rows, ids)) : [];
    return { leads: new Map(lines.map((line) => [line.id, JSON.stringify(line)])), kinds: changes.kinds };
  }

  /** Those who come together mostly come from the same place: each place is looked up once. */
  async function welcomeAll(): Promise<void> {
    const here = cursor;
    if (here === undefined) return;
    for (const [from, group] of Map.groupBy(waiting, (one) => one.cursor)) {
      const welcome = await prepareWelcome(
        from,
        here,
        group.map((one) => one.page),
      );
      const [there, others] = [
        waiting.filter((one) => group.includes(one)),
        waiting.filter((one) => !group.includes(one)),
      ];
      waiting = others;
      for (const { page } of there) {
        welcome(page);
        pages.add(page);
      }
    }
  }

  async function prepareWelcome(
    from: string | undefined,
    here: string,
    group: readonly Page[],
  ): Promise<(page: Page) => void> {
    if (from === undefined || from === here)
      return (page) => page.send(message({ type: 'ready', cursor: here }));
    const changes = await database.together(tenantId, (rows) => changesSince(rows, from));
    if (!changes) return (page) => page.send(message({ type: 'resync', cursor: here }));
    const tell = await prepare(group, changes, from);
    return (page) => {
      // What follows may be lost on its way: until it is there, the page is where it was.
      page.send(message({ type: 'ready', cursor: from }));
      tell(page);
    };
  }

  return {
    join(page, from) {
      waiting.push({ page, cursor: from });
      loop.poke();
    },
    leave(page) {
      pages.delete(page);
      waiting = waiting.filter((one) => one.page !== page);
    },
    get size() {
      return pages.size + waiting.length;
    },
    poke: loop.poke,
    keepAlive() {
      const here = cursor;
      if (here === undefined) return;
      const alive = message({ type: 'alive', cursor: here });
      for (const page of pages) page.send(alive);
    },
    stop: loop.stop,
  };
}

/** The leads that pages have asked for by name. */
function wantedBy(pages: readonly Page[]): Set<string> {
  return new Set(pages.flatMap((page) => [...(page.leads ?? [])]));
}
