import type { Database, TenantRows } from '../db/database.ts';
import { markApplied, markFailed, type PendingEvent, takePending, type WebhookSource } from '../db/inbox.ts';
import { RELAY_DEAD, relayAgain } from '../db/relay.ts';
import type { Sealing } from '../db/sealing.ts';
import type { ChatwootEvent } from '../domain/chatwoot-webhook.ts';
import type { TenantSettings } from '../domain/settings.ts';
import type {
  AccountPayload,
  EchoPayload,
  MessagePayload,
  NumberChangePayload,
  PreferencePayload,
  StatusPayload,
} from '../domain/whatsapp-webhook.ts';
import type { Applied, ApplyContext } from './context.ts';
import { applyChatwootEvent } from './conversations.ts';
import { applyStatuses } from './deliveries.ts';
import { applyEcho } from './echoes.ts';
import { applyEvolutionEvent } from './evolution.ts';
import { applyEvolutionStatuses } from './evolution-statuses.ts';
import { readStored } from './evolution-stored.ts';
import { OTHER_ACCOUNT, REFUSED } from './incoming.ts';
import { applyNumberChange } from './number-change.ts';
import { applyMessage, applyPreference } from './replies.ts';
import { applyAccountUpdate } from './whatsapp-account.ts';

/**
 * Events taken in one pass. An event costs hardly less in a larger one, while what is received meanwhile waits for a
 * longer turn on the same cores, and for the larger commit to be written.
 */
export const BATCH = 100;

/** Who hears how it goes: of the oldest event of those that were taken, and of each that could not be applied. */
export type ApplyEars = {
  onTaken?: (oldest: PendingEvent) => void;
  onFailed?: (event: PendingEvent, error: Error) => void;
};

/**
 * Applies the tenant's oldest pending events in one transaction: all statuses at once, everything else one by
 * one, behind savepoints, so that an event that fails holds up nobody. What the engine is to be told is left in
 * the same transaction. Returns how many events it took.
 */
export async function applyPending(
  database: Database,
  sealing: Sealing,
  settingsOf: (tenantId: string) => Promise<TenantSettings>,
  tenantId: string,
  { onTaken, onFailed }: ApplyEars = {},
): Promise<number> {
  const settings = await settingsOf(tenantId);
  return database.tenant(tenantId, async (rows) => {
    const events = await takePending(rows, BATCH);
    const [oldest] = events;
    if (!oldest) return 0;
    onTaken?.(oldest);
    const context: ApplyContext = { rows, sealing, settings };
    const applied: Applied[] = [];
    const failed = async (event: PendingEvent, error: Error) => {
      onFailed?.(event, error);
      await markFailed(rows, event.id, error.message);
    };

    const rest = new Set(events);
    for (const [source, applyThem] of STATUSES) {
      const statuses = events.filter((event) => event.source === source && event.kind === 'status');
      for (const event of statuses) rest.delete(event);
      applied.push(...(await applyAll(rows, statuses, (some) => applyThem(context, some), failed)));
    }
    applied.push(...(await applyAll(rows, [...rest], (some) => oneByOne(context, some), failed)));
    await markApplied(rows, applied);
    return events.length;
  });
}

type ApplyMany = (context: ApplyContext, events: readonly PendingEvent[]) => Promise<Applied[]>;

/** Delivery statuses, of which there are the most. */
const STATUSES: readonly (readonly [WebhookSource, ApplyMany])[] = [
  ['whatsapp', (context, events) => applyStatuses(context, asStatuses(events))],
  ['evolution', (context, events) => applyEvolutionStatuses(context, events.map(readStored))],
];

function asStatuses(events: readonly PendingEvent[]) {
  return events.map((event) => ({ id: event.id, ...(event.payload as StatusPayload) }));
}

async function applyOne(context: ApplyContext, event: PendingEvent): Promise<string> {
  if (event.kind === REFUSED) return 'refused';
  if (event.kind === OTHER_ACCOUNT) return 'other_account';
  if (event.kind === RELAY_DEAD) return (await relayAgain(context.rows, event.id)) ? 'passed_on' : 'known';
  if (event.source === 'chatwoot') {
    return applyChatwootEvent(context, event.payload as ChatwootEvent, event.endpoint_id);
  }
  if (event.source === 'evolution') return applyEvolutionEvent(context, readStored(event));
  if (event.kind === 'message') return applyMessage(context, event.payload as MessagePayload);
  if (event.kind === 'preference') return applyPreference(context, event.payload as PreferencePayload);
  if (event.kind === 'echo') return applyEcho(context, event.payload as EchoPayload);
  if (event.kind === 'number_change') return applyNumberChange(context, event.payload as NumberChangePayload);
  if (event.kind === 'account') {
    return applyAccountUpdate(context, event.endpoint_id, event.payload as AccountPayload);
  }
  return 'kept';
}

async function oneByOne(context: ApplyContext, events: readonly PendingEvent[]): Promise<Applied[]> {
  const applied: Applied[] = [];
  for (const event of events) applied.push({ id: event.id, outcome: await applyOne(context, event) });
  return applied;
}

/** Applies events behind one savepoint; where one of them fails, in halves, until it stands alone. */
async function applyAll(
  rows: TenantRows,
  events: readonly PendingEvent[],
  applyThem: (events: readonly PendingEvent[]) => Promise<Applied[]>,
  failed: (event: PendingEvent, error: Error) => Promise<void>,
): Promise<Applied[]> {
  const [first, second] = events;
  if (!first) return [];
  try {
    return await behindSavepoint(rows, () => applyThem(events));
  } catch (error) {
    if (!second) {
      await failed(first, error as Error);
      return [];
    }
    const half = Math.ceil(events.length / 2);
    const before = await applyAll(rows, events.slice(0, half), applyThem, failed);
    return [...before, ...(await applyAll(rows, events.slice(half), applyThem, failed))];
  }
}

async function behindSavepoint<Result>({ query }: TenantRows, work: () => Promise<Result>): Promise<Result> {
  await query('savepoint event');
  try {
    const result = await work();
    await query('release savepoint event');
    return result;
  } catch (error) {
    await query('rollback to savepoint event');
    throw error;
  }
}
