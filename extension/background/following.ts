import { type Browser, browser } from 'wxt/browser';
import { openStream, type StreamClient } from '../../src/contract/stream-client.ts';
import { FOLLOWING } from '../messages.ts';
import { followed } from '../outbox/outgoing.ts';
import { type Connection, readLead, ServerAway } from '../server/server.ts';
import { load, watch } from '../stored.ts';
import { connection } from './connection.ts';
import { sender } from './outbox.ts';

/** Where the stream does not get through (a proxy without WebSocket), leads are read this often. */
const EVERY_MS = 3_000;
const MOST = 20;

/** Follows the leads of this browser's referrals while at least one panel is open. */
export function followWhileWatched(): void {
  const panels = new Set<Browser.runtime.Port>();
  let following: { ids: string; stop(): void } | null = null;

  const renew = async () => {
    const [found, outbox] = await Promise.all([connection(), load('outbox')]);
    const leads = panels.size > 0 && typeof found !== 'string' ? followed(outbox).slice(0, MOST) : [];
    const ids = leads.length > 0 ? JSON.stringify([found, leads]) : '';
    if (ids === (following?.ids ?? '')) return;
    following?.stop();
    following = ids === '' || typeof found === 'string' ? null : { ids, ...follow(found, leads) };
  };

  for (const name of ['outbox', 'server', 'key'] as const) watch(name, () => void renew());
  browser.permissions.onRemoved.addListener(() => void renew());
  browser.runtime.onConnect.addListener((port) => {
    if (port.name !== FOLLOWING || port.sender?.id !== browser.runtime.id) return;
    panels.add(port);
    port.onDisconnect.addListener(() => {
      panels.delete(port);
      void renew();
    });
    void renew();
  });
}

/** Keeps the outbox told of these leads: over the stream, and by reading them where it is away. */
function follow(server: Connection, leads: string[]): { stop(): void } {
  const read = () => readAll(server, leads);
  const stream: StreamClient = openStream({
    url: `${server.url.replace(/^http/, 'ws')}/v1/stream`,
    key: server.key,
    leads,
    onLeads: (told) => void Promise.all(told.map((lead) => sender.leadTold(lead))),
    onResync: () => void read(),
    // What happened before it was live is not told.
    onState: (state) => void (state === 'live' && read()),
  });
  const timer = setInterval(() => {
    if (stream.state !== 'live') void read();
  }, EVERY_MS);
  const online = () => stream.reconnect();
  self.addEventListener('online', online);
  return {
    stop() {
      clearInterval(timer);
      self.removeEventListener('online', online);
      stream.close();
    },
  };
}

async function readAll(server: Connection, leads: string[]): Promise<void> {
  for (const id of leads) {
    try {
      await sender.leadTold(await readLead(server, id));
    } catch (error) {
      if (!(error instanceof ServerAway)) throw error;
    }
  }
}
