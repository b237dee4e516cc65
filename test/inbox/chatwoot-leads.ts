import { createHash } from 'node:crypto';
import type { Product } from '../harness/product.ts';
import { outcomeOf, postChatwoot } from './webhooks.ts';

/** Where in Chatwoot a lead is. */
export type Place = { contactId: number; conversationId: number };

/** Refers a lead that Chatwoot knows already, as a contact with a conversation. */
export async function referInChatwoot(product: Product, telefone: string, at: Place): Promise<string> {
  const { lead_id } = await product.refer({ telefone });
  const [lead] = await product.query<{ person_id: string }>(
    'update lead set chatwoot_contact_id = $2, chatwoot_conversation_id = $3 where id = $1 returning person_id',
    [lead_id, at.contactId, at.conversationId],
  );
  const value = String(at.contactId);
  await product.query(
    `insert into person_identity (tenant_id, kind, value, hash, person_id)
     values (current_tenant(), 'chatwoot_contact', $1, $2, $3) on conflict do nothing`,
    [value, createHash('sha256').update(value).digest(), lead?.person_id],
  );
  return lead_id;
}

/** Posts what Chatwoot tells, applies it, and says what came of it. */
export const hear = (product: Product, body: unknown): Promise<string> =>
  outcomeOf(product, postChatwoot(product, body));
