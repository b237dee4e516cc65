import type { Database, TenantRows } from '../db/database.ts';
import { markApplied, markFailed, type PendingEvent, takePending } from '../db/inbox.ts';
import type { Sealing } from '../db/sealing.ts';
import type { ChatwootEvent } from '../domain/chatwoot-webhook.ts';
import type { TenantSettings } from '../domain/settings.ts';
import type { MessagePayload, PreferencePayload, StatusPayload } from '../domain/whatsapp-webhook.ts';
import type { Applied, ApplyContext } from './context.ts';
import { applyChatwootEvent } from './conversations.ts';
import { applyStatuses } from './deliveries.ts';
import { applyMessage, applyPreference } from './replies.ts';

/** Events taken in one pass. */
export const BATCH = 500;

/**
 * Applies the tenant's oldest pending events in one transaction: all statuses at once, everything else one by
 * one, each behind a savepoint, so that an event that fails holds up nobody. What the engine is to be told is
 * left in the same transaction. Returns how many events it took.
 */
export async function applyPending(
  database: Database,
  sealing: Sealing,
  settingsOf: (tenantId: string) => Promise<TenantSettings>,
  tenantId: string,
  onFailed?: (event: PendingEvent, error: Error) => void,
): Promise<number> {
  const settings = await settingsOf(tenantId);
  return database.tenant(tenantId, async (rows) => {
    const events = await takePending(rows, BATCH);
    if (events.length === 0) return 0;
    const context: ApplyContext = { rows, sealing, settings };
    const applied: Applied[] = [];
    const failed = async (event: PendingEvent, error: Error) => {
      onFailed?.(event, error);
      await markFailed(rows, event.id, error.message);
    };

    const statuses = events.filter((event) => event.source === 'whatsapp' && event.kind === 'status');
    try {
      applied.push(...(await behindSavepoint(rows, () => applyStatuses(context, asStatuses(statuses)))));
    } catch {
      for (const event of statuses) {
        try {
          applied.push(...(await behindSavepoint(rows, () => applyStatuses(context, asStatuses([event])))));
        } catch (error) {
          await failed(event, error as Error);
        }
      }
    }
    for (const event of events) {
      if (statuses.includes(event)) continue;
      try {
        applied.push({
          id: event.id,
          outcome: await behindSavepoint(rows, () => applyOne(context, event)),
        });
      } catch (error) {
        await failed(event, error as Error);
      }
    }
    await markApplied(rows, applied);
    return events.length;
  });
}

function asStatuses(events: readonly PendingEvent[]) {
  return events.map((event) => ({ id: event.id, ...(event.payload as StatusPayload) }));
}

async function applyOne(context: ApplyContext, event: PendingEvent): Promise<string> {
  if (event.source === 'chatwoot') return applyChatwootEvent(context, event.payload as ChatwootEvent);
  if (event.kind === 'message') return applyMessage(context, event.payload as MessagePayload);
  if (event.kind === 'preference') return applyPreference(context, event.payload as PreferencePayload);
  return 'kept';
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
