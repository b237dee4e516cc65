import { liftProviderPause, pauseByProvider, readAccount, saveHealth } from '../db/channels.ts';
import type { Database } from '../db/database.ts';
import { syncTemplates } from '../db/templates.ts';
import { getPhoneNumber, listTemplates, type WhatsAppConnection } from '../providers/whatsapp/client.ts';

/** States of a number in which WhatsApp takes no message of it. */
const DOWN: readonly string[] = ['BANNED', 'RESTRICTED', 'DISCONNECTED', 'DELETED', 'MIGRATED'];

/** Begins the reason of a pause that the number's own state made, and that its state alone lifts again. */
const NUMBER_DOWN = 'number status';

/**
 * Asks WhatsApp about one official number and keeps what it says: quality and limit, whether it may send, its
 * templates and which of them may be sent. Without a known business account the templates stay as they are.
 *
 * @throws WhatsAppError
 */
export async function readNumber(
  database: Database,
  { tenantId, channelId }: { tenantId: string; channelId: string },
  connection: WhatsAppConnection,
): Promise<void> {
  const { wabaId, active } = await database.together(tenantId, (rows) => readAccount(rows, channelId));
  const number = await getPhoneNumber(connection);
  const askedAt = new Date();
  const templates = wabaId === null ? null : await listTemplates(connection, wabaId);
  const { qualityRating: quality, messagingLimit: limit, status } = number;
  await database.tenant(tenantId, async (rows) => {
    await saveHealth(rows, [channelId], { quality, limit });
    if (status !== null && !DOWN.includes(status)) await liftProviderPause(rows, [channelId], NUMBER_DOWN);
    else if (status !== null && active) {
      await pauseByProvider(rows, [channelId], { reason: `${NUMBER_DOWN}: ${status}`, until: null });
    }
    if (templates) await syncTemplates(rows, channelId, templates, askedAt);
  });
}
