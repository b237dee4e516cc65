import { browser } from 'wxt/browser';
import type { HoldReason } from '../outbox/outgoing.ts';
import { hostPattern } from '../server/address.ts';
import { type Connection, readDirectory, readTenant, ServerAway } from '../server/server.ts';
import { load, save } from '../stored.ts';

const FRESH_MS = 60_000;
const RETRY_MS = 10_000;

/** The connection as it is kept, or why there is none to use. */
export async function connection(): Promise<Connection | HoldReason> {
  const [server, key] = await Promise.all([load('server'), load('key')]);
  if (!server || !key) return 'not_connected';
  return (await mayAsk(server.url)) ? { url: server.url, key } : 'no_permission';
}

/** The same, for what can only be read: rejects with ServerAway where there is none. */
export async function usableConnection(): Promise<Connection> {
  const found = await connection();
  if (typeof found === 'string') throw new ServerAway(found);
  return found;
}

/** Tries a connection and keeps it where it works. */
export async function connect(
  url: string,
  given: string | null,
): Promise<{ tenant: string } | { problem: HoldReason }> {
  const key = given ?? (await load('key'));
  if (!key) return { problem: 'not_connected' };
  if (!(await mayAsk(url))) return { problem: 'no_permission' };
  try {
    const [tenant, directory] = await Promise.all([readTenant({ url, key }), readDirectory({ url, key })]);
    await save({ server: { url, tenant }, key, directory: { ...directory, at: Date.now() }, trouble: null });
    return { tenant };
  } catch (error) {
    if (error instanceof ServerAway) return { problem: error.reason };
    throw error;
  }
}

/** Forgets server and key; what waits stays in its line. */
export async function disconnect(): Promise<void> {
  await save({ server: null, key: null, directory: null, trouble: null });
}

let triedAt = 0;

/**
 * Reads statuses and consultants again where they are a minute old; without the server the old ones stay, and it is
 * kept why.
 */
export async function refreshDirectory(): Promise<void> {
  const [known, trouble] = await Promise.all([load('directory'), load('trouble')]);
  if (!trouble && known && Date.now() - known.at < FRESH_MS) return;
  if (Date.now() - triedAt < RETRY_MS) return;
  triedAt = Date.now();
  try {
    const directory = await readDirectory(await usableConnection());
    await save({ directory: { ...directory, at: Date.now() }, trouble: null });
  } catch (error) {
    if (!(error instanceof ServerAway)) throw error;
    await save({ trouble: error.reason });
  }
}

function mayAsk(url: string): Promise<boolean> {
  return browser.permissions.contains({ origins: [hostPattern(url)] });
}
