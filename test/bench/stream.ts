import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { answersOk, ourProcess } from '../../src/local/our-process.ts';
import { freePorts } from '../../src/local/ports.ts';
import { startProcess } from '../../src/local/processes.ts';
import { allQuiet } from './asleep.ts';
import type { Flags } from './flags.ts';
import { postLead } from './leads.ts';
import { acknowledgedLoop } from './open-loop.ts';
import type { Product } from './product.ts';
import { BenchFailure, figure, percentile, table } from './report.ts';
import type { Told } from './stream-pages.ts';
import { type ByProcess, cpuMs, usedFor } from './usage.ts';
import { allApplied, postWebhook, webhooksOf } from './webhooks.ts';

const LEADS_A_SECOND = 3;
const WEBHOOKS_A_SECOND = 20;
const SETTLE_MS = 3_000;

/**
 * How soon a change in the database is at each of many open pages, while leads are being carried and webhooks are
 * applied; beside a bare server that sends as many bytes as often, and the same load with nobody looking.
 */
export async function measureStream(product: Product, flags: Flags): Promise<string[]> {
  const { progress } = product;
  const { pages: count, streamSeconds: seconds } = flags;
  await progress.step('warm-up', async () => (await loadOf(product, 5))());
  const unwatched = await loadOf(product, seconds);
  const alone = await progress.step(`the load alone, ${seconds} s`, () => withCpu(product, unwatched));

  // Made before: leads that come by the hundred are no measure of what comes one by one.
  const watchedLoad = await loadOf(product, seconds);
  const url = `ws://${new URL(product.apiUrl).host}/v1/stream`;
  const pages = await progress.step(`opening ${count} pages`, () => openPages(product, 'pages', count, url));
  const since = Date.now();
  const watched = await progress.step(`the load with ${count} pages, ${seconds} s`, () =>
    withCpu(product, watchedLoad),
  );
  await sleep(SETTLE_MS, undefined, { signal: product.signal });
  const told = await pages.told();
  const changes = await changesSince(product, since);
  const { delays, unseen } = delaysOf(changes, told, count);
  if (unseen > 0) throw new BenchFailure(`${unseen} of ${changes.length * count} changes did not arrive`);

  const updates = told.filter(({ leads }) => leads.length > 0);
  const bytes = updates.reduce((sum, message) => sum + message.bytes, 0);
  const mean = Math.round(bytes / updates.length);
  const rate = Math.max(1, Math.round(updates.length / seconds));
  const bare = await progress.step(`${rate}/s of ${mean} bytes from the bare server`, () =>
    bareDelays(product, { count, bytes: mean, rate, seconds }),
  );

  const cells = (values: readonly number[]) =>
    [0.5, 0.95, 1].map((share) => figure(percentile(values, share), 0));
  const ratio = [0.5, 0.95, 1].map(
    (share) => `${figure(percentile(delays, share) / percentile(bare, share))}x`,
  );
  const cpuRow = ({ name }: { name: string }) => {
    const [before, after] = [alone.get(name), watched.get(name)];
    return [name, figure(before, 0), figure(after, 0)];
  };
  return [
    `${LEADS_A_SECOND} leads and ${WEBHOOKS_A_SECOND} status webhooks a second for ${seconds} s, ${count} pages open in a process of their own.`,
    `From when a change was written, before its commit, until a message that has seen it was at a page: ${changes.length} changes`,
    `at ${count} pages each. The bare server passes on what PostgreSQL notifies, ${rate}/s of ${mean} bytes, while the machine is idle.`,
    '',
    ...table([
      ['ms', 'p50', 'p95', 'most'],
      ['bare', ...cells(bare)],
      ['stream (aim: p95 1000)', ...cells(delays)],
      ['ratio', ...ratio],
    ]),
    '',
    `Messages: ${updates.length} to each page, ${figure(bytes / seconds / 1024)} KiB/s a page, ${figure((bytes * count) / seconds / 1024 / 1024)} MiB/s to all.`,
    ...table([['CPU-ms a second', 'nobody looks', `${count} pages`], ...product.watched.map(cpuRow)]),
  ];
}

/** CPU of each process, in ms a second of the load. */
async function withCpu(product: Product, load: () => Promise<void>): Promise<ByProcess> {
  const before = cpuMs(product.watched);
  const begun = performance.now();
  await load();
  return usedFor(before, cpuMs(product.watched), (performance.now() - begun) / 1000);
}

/** Makes what a load of so long needs; what it gives is the load, until all of it is done. */
async function loadOf(product: Product, seconds: number): Promise<() => Promise<void>> {
  const webhooks = await webhooksOf(product, WEBHOOKS_A_SECOND * seconds);
  const { signal } = product;
  let number = 0;
  return async () => {
    await Promise.all([
      acknowledgedLoop({ rate: LEADS_A_SECOND, seconds, signal }, () => postLead(product)),
      acknowledgedLoop({ rate: WEBHOOKS_A_SECOND, seconds, signal }, () =>
        postWebhook(product, webhooks[number++]),
      ),
    ]);
    await allApplied(product);
    await allQuiet(product);
  };
}

type Change = { lead: string; xid: number; at: number };

/** What was noted for pages, with its transaction and when it was written, in epoch ms. */
function changesSince({ database, tenantId }: Product, since: number): Promise<Change[]> {
  return database.tenant(tenantId, ({ query }) =>
    query<Change>(
      `select lead_id as lead, xid::text::int8 as xid, extract(epoch from at)::float8 * 1000 as at
       from live_change where kind = 'lead' and at >= to_timestamp($1::float8 / 1000)`,
      [since],
    ),
  );
}

/** From each change to the first message with its lead that has seen its transaction, at each page. */
function delaysOf(changes: readonly Change[], told: readonly Told[], pages: number) {
  const messages = told.map((message) => ({ ...message, sees: seenBy(message.cursor) }));
  const byLead = new Map<string, typeof messages>();
  for (const message of messages) {
    for (const lead of message.leads) byLead.set(lead, [...(byLead.get(lead) ?? []), message]);
  }
  const delays: number[] = [];
  for (const { lead, xid, at } of changes) {
    const message = byLead.get(lead)?.find(({ sees }) => sees(xid));
    for (const arrived of message?.at ?? []) delays.push(arrived - at);
  }
  return { delays, unseen: changes.length * pages - delays.length };
}

/** Whether a transaction is visible in the snapshot that a cursor holds. */
function seenBy(cursor: string): (xid: number) => boolean {
  const [xmin = 0, xmax = 0, ...open] = (cursor.split('/')[2] ?? '').split(/[:,]/).map(Number);
  return (xid) => xid < xmin || (xid < xmax && !open.includes(xid));
}

/** How long it takes from a notification, made on schedule, to each page of the bare server. */
async function bareDelays(
  product: Product,
  { count, bytes, rate, seconds }: { count: number; bytes: number; rate: number; seconds: number },
): Promise<number[]> {
  const [port = 0] = await freePorts(1);
  await product.start((options) =>
    startProcess(
      ourProcess('bare stream', 'test/bench/bare-stream.ts', {
        env: { ...environment(product, port), BENCH_BYTES: String(bytes) },
        logFile: join(product.folder, 'bare-stream.log'),
        ready: () => answersOk(`http://127.0.0.1:${port}`),
      }),
      options,
    ),
  );
  const pages = await openPages(product, 'bare-pages', count, `ws://127.0.0.1:${port}`);
  await acknowledgedLoop({ rate, seconds, signal: product.signal }, () =>
    product.database.query(
      `select pg_notify('bench_stream', (extract(epoch from clock_timestamp()) * 1000)::text)`,
    ),
  );
  await sleep(SETTLE_MS, undefined, { signal: product.signal });
  return (await pages.told()).flatMap(({ cursor, at }) => at.map((arrived) => arrived - Number(cursor)));
}

/** Opens pages in a process of their own; `told` is what they were told since all were live. */
async function openPages(
  product: Product,
  name: string,
  count: number,
  url: string,
): Promise<{ told(): Promise<Told[]> }> {
  const [port = 0] = await freePorts(1);
  const at = `http://127.0.0.1:${port}`;
  await product.start((options) =>
    startProcess(
      ourProcess(name, 'test/bench/stream-pages.ts', {
        env: {
          ...environment(product, port),
          BENCH_PAGES: String(count),
          BENCH_STREAM_URL: url,
          BENCH_STREAM_KEY: product.apiKey,
        },
        logFile: join(product.folder, `${name}.log`),
        ready: () => answersOk(at),
      }),
      options,
    ),
  );
  await (await request(at, { method: 'DELETE' })).body.dump();
  return { told: async () => (await (await request(at)).body.json()) as Told[] };
}

const environment = ({ services }: Product, port: number) => ({
  ...process.env,
  DATABASE_URL: services.databaseUrl,
  LEAD_FLOW_SECRET_KEY: services.secretKey,
  LEAD_FLOW_HOST: '127.0.0.1',
  LEAD_FLOW_PORT: String(port),
});
