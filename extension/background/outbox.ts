import { browser } from 'wxt/browser';
import type { Outbox } from '../outbox/outgoing.ts';
import { createSender } from '../outbox/sender.ts';
import { postReferral } from '../server/server.ts';
import { load, save } from '../stored.ts';
import { connection } from './connection.ts';

const ALARM = 'send';
let timer: ReturnType<typeof setTimeout> | undefined;

/** The browser's one sender, over what is kept and the server that is set. */
export const sender = createSender({
  load: () => load('outbox'),
  async save(outbox) {
    await save({ outbox });
    await showCount(outbox);
  },
  async post(item) {
    const found = await connection();
    if (typeof found === 'string') return { kind: 'hold', reason: found, retryAfterMs: null };
    return postReferral(found, item);
  },
  wakeAt(time) {
    // A timer is exact but ends with the service worker; an alarm wakes it, not before half a minute.
    clearTimeout(timer);
    timer = setTimeout(() => void sender.pump(), time - Date.now());
    void browser.alarms.create(ALARM, { when: Math.max(time, Date.now() + 30_000) });
  },
});

/** Sends when the time has come, the network is back, or the browser has started. */
export function keepSending(): void {
  browser.alarms.onAlarm.addListener((alarm) => {
    if (alarm.name === ALARM) void sender.pump();
  });
  self.addEventListener('online', () => void sender.pump({ now: true }));
  browser.runtime.onStartup.addListener(() => void sender.pump({ now: true }));
  void sender.pump();
}

/** On the extension's button: how many wait or were refused. */
async function showCount({ items }: Outbox): Promise<void> {
  const refused = items.filter(({ state }) => state === 'refused').length;
  const waiting = items.filter(({ state }) => state === 'waiting').length;
  await browser.action.setBadgeText({ text: refused + waiting === 0 ? '' : String(refused + waiting) });
  await browser.action.setBadgeBackgroundColor({ color: refused > 0 ? '#b3261e' : '#8a5a00' });
}
