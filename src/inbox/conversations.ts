import { findPerson, identitiesOf } from '../db/identities.ts';
import { recordConversion } from '../db/journeys.ts';
import { leadsOf } from '../db/leads.ts';
import type { ChatwootEvent } from '../domain/chatwoot-webhook.ts';
import type { ApplyContext } from './context.ts';

/** The label that means a sale, on any of the person's conversations, converts their open lead. */
export async function applyChatwootEvent(context: ApplyContext, event: ChatwootEvent): Promise<string> {
  const { rows, sealing, settings } = context;
  if (event.event !== 'conversation_updated' || !event.labels?.includes(settings.convertedLabel))
    return 'kept';
  const [byConversation] = await rows.query<{ person_id: string }>(
    'select person_id from lead where chatwoot_conversation_id = $1 limit 1',
    [event.conversationId],
  );
  const personId =
    byConversation?.person_id ??
    (await findPerson(
      rows.query,
      identitiesOf(sealing, rows.tenantId, { chatwootContact: event.contactId }),
    ));
  if (!personId) return 'no_lead';
  const converted = await recordConversion(rows, await leadsOf(rows, { personId }), 'chatwoot_label');
  return converted.length > 0 ? 'converted' : 'known';
}
