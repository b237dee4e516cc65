import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startBareHandler } from './acknowledgement.ts';
import { type ClosedLead, makeClosedLeads } from './closed-leads.ts';
import type { Flags } from './flags.ts';
import { byClients } from './leads.ts';
import { acknowledgedLoop, LOAD_COLUMNS, type Load, loadCells, ratioCells } from './open-loop.ts';
import type { Product } from './product.ts';
import { BenchFailure, figure, percentile, table } from './report.ts';
import { sleepingLeads } from './sleeping-leads.ts';
import { cpuMs, usedFor } from './usage.ts';

/** Leads with a workflow that hear of a reply while the load lasts. */
const LISTENERS = 200;
const SUSTAINED = { rate: 1_000, seconds: 20 };
const BACKLOG = { rate: 200, seconds: 20 };
const STALLED_MS = 60_000;
const SETTLE_MS = 15_000;
const WARM_UP = 500;

/** One webhook, ready to be posted; `of` is told when it was acknowledged. */
export type Webhook = { body: string; onAcknowledged?: (at: number) => void };

/**
 * How soon WhatsApp's webhooks are acknowledged while the worker applies them on these same cores, beside a handler
 * that does one insert, and what becomes of each.
 */
export async function measureWebhooks(product: Product, flags: Flags): Promise<string[]> {
  const { progress } = product;
  const { webhookRate: rate, webhookSeconds: seconds } = flags;
  const bare = await progress.step('bare handler', () => startBareHandler(product, () => SAMPLE));
  const listeners = await progress.step(`${LISTENERS} leads, until asleep`, () =>
    sleepingLeads(product, LISTENERS),
  );
  await progress.step('warm-up', async () => {
    await byClients(WARM_UP, bare);
    await warmUp(product);
  });

  const bareLoad = await progress.step(`${rate}/s to the bare handler`, () =>
    acknowledgedLoop({ rate, seconds, signal: product.signal }, bare),
  );
  const signalled = new Map<string, number>();
  const count = rate * seconds;
  const webhooks = await webhooksOf(product, count);
  for (const [number, lead] of listeners.entries()) {
    const place = Math.floor(((number + 0.5) * count) / listeners.length);
    webhooks[place] = {
      body: reply(lead.waId, `wamid.heard.${lead.leadId}`),
      onAcknowledged: (at) => signalled.set(lead.leadId, at),
    };
  }
  const before = await counted(product);
  const ours = await run(product, `${rate}/s to /webhooks/whatsapp`, rate, seconds, webhooks);
  const stored = await counted(product);
  const signals = await progress.step('reading when the workflows heard', () =>
    signalDelays(product, signalled),
  );
  const twice = await repeatedEffects(product);

  const more = await webhooksOf(product, SUSTAINED.rate * SUSTAINED.seconds);
  const sustained = await run(product, '1,000/s', SUSTAINED.rate, SUSTAINED.seconds, more);

  return [
    `Of four webhooks three are statuses (sent, delivered, read) and one is a reply, of closed leads; ${LISTENERS} of the`,
    'replies are of leads whose workflow sleeps and hears of them. Sent on schedule, each timed from when it was due.',
    'The bare handler (Express, one insert) runs alone; ours while the worker applies what came in.',
    '',
    ...table([
      ['', ...LOAD_COLUMNS],
      [`bare, ${rate}/s for ${seconds} s`, ...loadCells(bareLoad)],
      [`webhooks, ${rate}/s for ${seconds} s`, ...loadCells(ours.load)],
      ['ratio', ...ratioCells(ours.load, bareLoad)],
      [`webhooks, 1,000/s for ${SUSTAINED.seconds} s`, ...loadCells(sustained.load)],
    ]),
    '',
    `Acknowledged ${count}, stored and applied ${stored.applied - before.applied}, pending ${stored.pending}, dead ${stored.dead};`,
    `effects that are there twice: ${twice}. All applied ${figure(ours.lag)} s after the last (at 1,000/s: ${figure(sustained.lag)} s).`,
    `CPU-ms a webhook: ${[...ours.cpu].map(([name, ms]) => `${name} ${figure(ms, 2)}`).join(', ')}.`,
    `A reply's acknowledgement to the workflow's signal: p50 ${figure(percentile(signals, 0.5), 2)} s, p99 ${figure(percentile(signals, 0.99), 2)} s, most ${figure(Math.max(...signals), 2)} s (aim: 2 s), ${signals.length} of ${listeners.length} heard.`,
  ];
}

async function warmUp(product: Product): Promise<void> {
  const webhooks = await webhooksOf(product, WARM_UP);
  await byClients(webhooks.length, (number) => postWebhook(product, webhooks[number]));
  await allApplied(product);
}

/** A load and what it left: seconds from its end until all was applied, CPU of each process a webhook. */
type Run = { load: Load; lag: number; cpu: ReadonlyMap<string, number | undefined> };

async function run(
  product: Product,
  name: string,
  rate: number,
  seconds: number,
  webhooks: readonly Webhook[],
): Promise<Run> {
  let number = 0;
  const before = cpuMs(product.watched);
  const done = await product.progress.step(name, () =>
    acknowledgedLoop({ rate, seconds, signal: product.signal }, () =>
      postWebhook(product, webhooks[number++]),
    ),
  );
  const end = performance.now();
  await product.progress.step('until all is applied', () => allApplied(product));
  const lag = (performance.now() - end) / 1000;
  return { load: done, lag, cpu: usedFor(before, cpuMs(product.watched), webhooks.length) };
}

/** The acknowledgement while a backlog is worked off, beside the same without one. */
export async function measureBacklog(product: Product, flags: Flags): Promise<string[]> {
  const { progress } = product;
  const { rate, seconds } = BACKLOG;
  const events = flags.backlog;
  await progress.step('warm-up', () => warmUp(product));
  const webhooks = await webhooksOf(product, 2 * rate * seconds);
  let number = 0;
  const next = () => postWebhook(product, webhooks[number++]);
  const schedule = { rate, seconds, signal: product.signal };
  const calm = await progress.step(`${rate}/s without a backlog`, () => acknowledgedLoop(schedule, next));
  await allApplied(product);
  await progress.step(`storing ${events} events`, () => storeBacklog(product, events));
  const begun = performance.now();
  const busy = await progress.step(`${rate}/s while it is worked off`, () =>
    acknowledgedLoop(schedule, next),
  );
  const left = (await counted(product)).pending;
  const perSecond = ((events + rate * seconds - left) / (performance.now() - begun)) * 1000;
  await progress.step('until all is applied', () => allApplied(product));
  return [
    `A backlog of ${events} stored events, ${rate}/s coming in meanwhile: ${figure(perSecond, 0)} applied a second, ${left} left after ${seconds} s.`,
    ...table([
      ['acknowledgement', ...LOAD_COLUMNS],
      ['without', ...loadCells(calm)],
      ['while it drains', ...loadCells(busy)],
      ['ratio (aim: 1.5 or less)', ...ratioCells(busy, calm)],
    ]),
  ];
}

/**
 * Stores a backlog while nobody applies it, and lets the database do first what rows that came in one go leave it to
 * do: those of a real one come over hours.
 */
function storeBacklog(product: Product, events: number): Promise<void> {
  return product.database.tenant(product.tenantId, async ({ tenantId, query }) => {
    await query(`select pg_advisory_xact_lock(hashtextextended('inbox:' || $1, 0))`, [tenantId]);
    await storeStatuses(product, events);
    const owner = new Client({ connectionString: product.services.databaseUrl });
    await owner.connect();
    await owner.query(
      'vacuum (analyze) inbox_event, message, send_attempt, lead, referral, person, person_identity',
    );
    await owner.end();
    await sleep(SETTLE_MS, undefined, { signal: product.signal });
  });
}

/** Statuses of messages of closed leads, as they stand after the receiver has stored them. */
async function storeStatuses(product: Product, events: number): Promise<void> {
  const leads = await makeClosedLeads(product, Math.ceil(events / 3));
  await product.database.tenant(product.tenantId, ({ query }) =>
    query(
      `insert into inbox_event (tenant_id, source, endpoint_id, dedupe_key, kind, payload)
       select current_tenant(), 'whatsapp', (select id from channel limit 1), 'status:' || w || ':' || s, 'status',
         jsonb_build_object('wamid', w, 'attemptId', a, 'status', s, 'at', now(), 'waId', null, 'userId', null,
           'errorCode', null, 'errorText', null, 'pricing', null)
       from unnest($1::text[], $2::text[]) as l(w, a), unnest(array['sent', 'delivered', 'read']) as s limit $3`,
      [leads.map((lead) => lead.wamid), leads.map((lead) => lead.attemptId), events],
    ),
  );
}

/** `count` webhooks of closed leads made for them: three statuses and a reply of each, one after the other. */
export async function webhooksOf(product: Product, count: number): Promise<Webhook[]> {
  const leads = await makeClosedLeads(product, Math.ceil(count / 4));
  const of = (kind: (lead: ClosedLead) => string) => leads.map((lead) => ({ body: kind(lead) }));
  return [
    ...of((lead) => status(lead, 'sent')),
    ...of((lead) => status(lead, 'delivered')),
    ...of((lead) => status(lead, 'read')),
    ...of((lead) => reply(lead.waId, `wamid.in.${lead.wamid}`)),
  ].slice(0, count);
}

/** Posts one, signed. Throws where it is not acknowledged, or where there is none. */
export async function postWebhook(product: Product, webhook: Webhook | undefined): Promise<void> {
  if (!webhook) throw new BenchFailure('there are fewer webhooks than are due');
  const { path, appSecret } = product.webhook;
  const { statusCode, body } = await product.api.request({
    path,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-hub-signature-256': `sha256=${createHmac('sha256', appSecret).update(webhook.body).digest('hex')}`,
    },
    body: webhook.body,
    signal: product.signal,
  });
  const answer = await body.text();
  if (statusCode !== 200) throw new BenchFailure(`a webhook was answered ${statusCode}`, [answer]);
  webhook.onAcknowledged?.(Date.now());
}

const change = (value: Record<string, unknown>) =>
  JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '102290129340398',
        changes: [
          {
            field: 'messages',
            value: {
              messaging_product: 'whatsapp',
              metadata: { display_phone_number: '551130000000', phone_number_id: '106540352242922' },
              ...value,
            },
          },
        ],
      },
    ],
  });

const seconds = () => String(Math.floor(Date.now() / 1000));

const status = ({ waId, wamid, attemptId }: ClosedLead, reached: string) =>
  change({
    statuses: [
      {
        id: wamid,
        status: reached,
        timestamp: seconds(),
        recipient_id: waId,
        biz_opaque_callback_data: attemptId,
        pricing: { billable: true, pricing_model: 'PMP', category: 'utility' },
      },
    ],
  });

const reply = (waId: string, wamid: string) =>
  change({
    contacts: [{ profile: { name: 'Cliente' }, wa_id: waId }],
    messages: [
      { from: waId, id: wamid, timestamp: seconds(), type: 'text', text: { body: 'Pode me ligar' } },
    ],
  });

const SAMPLE = status({ waId: '5521960000000', wamid: 'wamid.bench.0', attemptId: '0' }, 'delivered');

type Counts = { applied: number; pending: number; dead: number };

async function counted({ database, tenantId }: Product): Promise<Counts> {
  const [counts] = await database.tenant(tenantId, ({ query }) =>
    query<Counts>(
      `select count(*) filter (where state = 'applied') as applied,
         count(*) filter (where state = 'pending') as pending, count(*) filter (where state = 'dead') as dead
       from inbox_event`,
    ),
  );
  return counts ?? { applied: 0, pending: 0, dead: 0 };
}

/** Waits until every event is applied and the engine knows of it. Throws where that comes to a halt. */
export async function allApplied(product: Product): Promise<void> {
  let best = Number.POSITIVE_INFINITY;
  for (let changedAt = Date.now(); ; ) {
    const [left] = await product.database.tenant(product.tenantId, ({ query }) =>
      query<{ left: number }>(
        `select (select count(*) from inbox_event where state = 'pending')
           + (select count(*) from engine_outbox) as left`,
      ),
    );
    if (left?.left === 0) return;
    if (left && left.left < best) [best, changedAt] = [left.left, Date.now()];
    if (Date.now() - changedAt > STALLED_MS) throw new BenchFailure(`${best} events are not being applied`);
    await sleep(100, undefined, { signal: product.signal });
  }
}

/** Inbound messages stored twice, and messages that did not get as far as their statuses say. */
async function repeatedEffects({ database, tenantId }: Product): Promise<number> {
  const [row] = await database.tenant(tenantId, ({ query }) =>
    query<{ wrong: number }>(
      `select (select count(*) - count(distinct wamid) from message where direction = 'in')
         + (select count(*) from (select from lead_event where kind = 'replied' and stage = 'main'
              group by lead_id having count(*) > 1) again) as wrong`,
    ),
  );
  return row?.wrong ?? Number.NaN;
}

/** Seconds from each acknowledgement to the signal in that lead's history; those that heard nothing are left out. */
async function signalDelays(product: Product, acknowledged: ReadonlyMap<string, number>): Promise<number[]> {
  const delays: number[] = [];
  const leads = [...acknowledged];
  await byClients(leads.length, async (number) => {
    const [leadId, at] = leads[number] ?? ['', 0];
    const { events } = await product.temporal.workflow.getHandle(leadId).fetchHistory();
    const signal = events?.find((event) => event.workflowExecutionSignaledEventAttributes);
    const { seconds: whole, nanos } = signal?.eventTime ?? {};
    if (signal) delays.push(Math.max(0, Number(whole) + Number(nanos ?? 0) / 1e9 - at / 1000));
  });
  return delays;
}
