import { setTimeout as sleep } from 'node:timers/promises';
import { allAsleep, databaseNow, standing } from './asleep.ts';
import type { Flags } from './flags.ts';
import { postKeepingPace, postLead } from './leads.ts';
import type { Product } from './product.ts';
import { BenchFailure, figure, percentile } from './report.ts';
import { cpuMs, usedFor } from './usage.ts';

/** The slowest that leads may fall asleep, by which it is set when they wake; and what starting takes. */
const SLOWEST_PER_SECOND = 12;
const START_SECONDS = 60;
const AHEAD = 200;
/** A fresh lead is referred so often while the wave is drained. */
const FRESH_EVERY_MS = 5_000;
const STALLED_MS = 60_000;

let wakesAt = 0;

/** The instant at which all leads of the wave wake: when they are sure to be asleep. */
export function wakeOfWave({ wave }: Flags): Date {
  wakesAt = Date.now() + (START_SECONDS + wave / SLOWEST_PER_SECOND) * 1_000;
  return new Date(wakesAt);
}

/**
 * Many leads of one number wake at one instant: how near to the number's rate their messages leave, and how soon a
 * fresh lead's first message does meanwhile.
 */
export async function measureWave(product: Product, { wave, waveRate }: Flags): Promise<string[]> {
  const { progress, signal } = product;
  const since = await databaseNow(product);
  await progress.step(`${wave} leads, until asleep`, async () => {
    await postKeepingPace(product, wave, AHEAD, async () => (await standing(product, since)).asleep);
    await allAsleep(product, since, wave);
  });
  // Set after they fell asleep: what is scheduled from now on keeps to it.
  await setRate(product, waveRate);
  if (Date.now() > wakesAt) throw new BenchFailure('the leads woke before all were asleep');
  await progress.step('until they wake', () => sleep(wakesAt - Date.now(), undefined, { signal }));
  const before = cpuMs(product.watched);
  const fresh: string[] = [];
  await progress.step(`${wave} leads wake, ${waveRate} messages a second`, () =>
    drained(product, wave, fresh),
  );
  const cpu = usedFor(before, cpuMs(product.watched), wave);
  const { seconds, first, delays } = await sendsOf(product, fresh);
  const rate = (wave - 1) / seconds;
  return [
    `${wave} leads of one number woke at one instant; its rate had been set to ${waveRate}/s after they fell asleep, without`,
    'a restart. A fresh lead was referred every five seconds meanwhile; its message counts within the rate.',
    '',
    `  first second message ${figure(first)} s after they woke, the last ${figure(first + seconds)} s after`,
    `  ${figure(rate, 2)} a second, ${figure(rate + delays.length / seconds, 2)} with the first messages of fresh leads: ${figure(((rate + delays.length / seconds) / waveRate) * 100)} % of the rate (aim: within 5 %)`,
    `  a fresh lead's POST to its message: p50 ${figure(percentile(delays, 0.5), 2)} s, most ${figure(Math.max(...delays), 2)} s, of ${delays.length} (aim: 5 s)`,
    `  CPU-ms a lead woken: ${[...cpu].map(([name, ms]) => `${name} ${figure(ms)}`).join(', ')}`,
  ];
}

async function setRate(product: Product, messagesPerSecond: number): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${product.apiKey}` };
  const ask = async (path: string, method: 'GET' | 'PATCH', body?: string) => {
    const answer = await product.api.request({ path, method, headers, body: body ?? null });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) {
      throw new BenchFailure(`${method} ${path} was answered ${answer.statusCode}`, [text]);
    }
    return JSON.parse(text);
  };
  const { channels } = (await ask('/v1/channels', 'GET')) as { channels: { id: string }[] };
  const path = `/v1/channels/${channels[0]?.id}`;
  await ask(path, 'PATCH', JSON.stringify({ messages_per_second: messagesPerSecond }));
}

/** Waits until each of the wave has had its second message; refers somebody every few seconds meanwhile. */
async function drained(product: Product, wave: number, fresh: string[]): Promise<void> {
  let best = 0;
  let changedAt = Date.now();
  let freshAt = Date.now() + FRESH_EVERY_MS;
  for (;;) {
    const [row] = await product.database.tenant(product.tenantId, ({ query }) =>
      query<{ sent: number }>(
        `select count(*) as sent from send_attempt where stage = 'rework' and state = 'accepted'`,
      ),
    );
    const sent = row?.sent ?? 0;
    if (sent >= wave) return;
    if (sent > best) [best, changedAt] = [sent, Date.now()];
    if (Date.now() - changedAt > STALLED_MS) throw new BenchFailure(`only ${sent} of ${wave} were sent`);
    if (sent > 0 && Date.now() > freshAt) {
      fresh.push(await postLead(product));
      freshAt += FRESH_EVERY_MS;
    }
    await sleep(250, undefined, { signal: product.signal });
  }
}

async function sendsOf(product: Product, fresh: readonly string[]) {
  const [row] = await product.database.tenant(product.tenantId, ({ query }) =>
    query<{ first: Date; last: Date; twice: number }>(
      `select min(begun_at) as first, max(begun_at) as last,
         count(*) - count(distinct referral_id) as twice from send_attempt where stage = 'rework'`,
    ),
  );
  if (!row || row.twice > 0) throw new BenchFailure(`${row?.twice} leads were sent to twice`);
  const sent = await product.database.tenant(product.tenantId, ({ query }) =>
    query<{ seconds: number }>(
      `select extract(epoch from min(a.begun_at) - l.created_at)::float8 as seconds
       from lead l join send_attempt a on a.lead_id = l.id where l.id = any ($1) group by l.id, l.created_at`,
      [fresh],
    ),
  );
  return {
    first: (row.first.getTime() - wakesAt) / 1000,
    seconds: (row.last.getTime() - row.first.getTime()) / 1000,
    delays: sent.map(({ seconds }) => seconds),
  };
}
