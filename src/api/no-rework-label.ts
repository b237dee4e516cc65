import { chatwootAccess, contactBeforeRework } from '../db/chatwoot-access.ts';
import type { Database } from '../db/database.ts';
import type { Sealing } from '../db/sealing.ts';
import { ChatwootError, listContactConversations } from '../providers/chatwoot/client.ts';

/** Somebody waits for the answer: a Chatwoot that takes longer (milliseconds) is not waited for. */
const PATIENCE_MS = 3_000;

/**
 * Whether the label that forbids the rework stands on a conversation of the lead's contact. False also where
 * Chatwoot does not say: the rework asks it again before it sends.
 */
export async function forbidsRework(
  { database, sealing }: { database: Database; sealing: Sealing },
  tenantId: string,
  leadId: string,
  label: string,
): Promise<boolean> {
  const found = await database.tenant(tenantId, async ({ query }) => {
    const contact = await contactBeforeRework(query, leadId);
    const chatwoot = contact && (await chatwootAccess(query, sealing, contact.connectionId));
    return chatwoot && { chatwoot: { ...chatwoot, timeoutMs: PATIENCE_MS }, contactId: contact.contactId };
  });
  if (!found) return false;
  try {
    const conversations = await listContactConversations(found.chatwoot, found.contactId);
    return conversations.some(({ labels }) => labels.includes(label));
  } catch (error) {
    if (error instanceof ChatwootError) return false;
    throw error;
  }
}
