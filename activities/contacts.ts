import type { LeadInHand } from '../src/db/steps.ts';
import {
  ChatwootError,
  createContact,
  createContactInbox,
  updateContact,
} from '../src/providers/chatwoot/client.ts';
import { type Asking, findContact, identifierOf } from './contact-search.ts';
import type { Dependencies } from './dependencies.ts';
import { stepActivity } from './steps.ts';

/** Steps on the person's contact in Chatwoot. */
export function contactActivities(deps: Dependencies) {
  return {
    /**
     * Finds the contact, by its stored id, by our identifier, by every form of the phone; where there is none,
     * creates it under our identifier, which Chatwoot keeps unique: one that was quicker is used.
     */
    findOrCreateContact: stepActivity(
      deps,
      'find_or_create_contact',
      async ({ lead, chatwoot }, { tenantId }) => {
        const asking = { deps, tenantId, chatwoot, lead };
        const { contactId: found, freed } = await findContact(asking);
        const contactId = found ?? (await createOrFind(asking));
        const kind = found === null ? 'contact_created' : 'contact_found';
        return {
          kind,
          ...(freed ? { besides: 'contact_phone_freed' } : {}),
          result: { contactId, known: found !== null },
          contactId,
        };
      },
    ),

    /** Writes what the referral says onto the contact; our identifier too, where it has none. */
    updateContact: stepActivity(deps, 'update_contact', async ({ lead, chatwoot }, { stage }) => {
      if (lead.contactId === null) return { kind: 'contact_missing', result: {} };
      const attributes = {
        ...attributesOf(lead),
        ...(stage === 'rework' ? { lead_flow_etapa: 'retrabalho_api_oficial' } : {}),
      };
      const patch = { name: lead.name, customAttributes: attributes };
      try {
        await updateContact(chatwoot, lead.contactId, {
          ...patch,
          ...(lead.email ? { email: lead.email } : {}),
        });
      } catch (error) {
        // An e-mail that Chatwoot refuses, or that another contact has, must not keep the rest from being written.
        if (!lead.email || !isRefusal(error)) throw error;
        await updateContact(chatwoot, lead.contactId, patch);
      }
      return { kind: 'contact_updated', result: {} };
    }),

    /** WhatsApp knows the number in another form: the contact gets it too, so that the reply finds it. */
    linkWhatsAppId: stepActivity(deps, 'link_whatsapp_id', async ({ lead, chatwoot }, of) => {
      const waId = await deps.database.tenant(of.tenantId, async ({ query }) => {
        const [identity] = await query<{ value: string }>(
          `select value from person_identity where person_id = $1 and kind = 'wa_id' order by created_at desc limit 1`,
          [lead.personId],
        );
        return identity?.value ?? null;
      });
      if (waId === null || lead.contactId === null) return { kind: 'whatsapp_id_kept', result: {} };
      await createContactInbox(chatwoot, lead.contactId, { inboxId: lead.inboxId, sourceId: waId });
      return { kind: 'whatsapp_id_linked', result: {} };
    }),
  };
}

async function createOrFind(asking: Asking): Promise<number> {
  const { chatwoot, lead } = asking;
  const contact = {
    inboxId: lead.inboxId,
    name: lead.name,
    phone: lead.phone,
    identifier: identifierOf(lead),
    customAttributes: attributesOf(lead),
  };
  try {
    return (await createContact(chatwoot, { ...contact, email: lead.email })).id;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const { contactId: there, freed } = await findContact(asking);
    if (there !== null) return there;
    // Neither identifier nor phone is taken (any more), so it was the e-mail.
    if (lead.email === null && !freed) throw error;
    return (await createContact(chatwoot, contact)).id;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ChatwootError && (error.kind === 'taken' || error.kind === 'refused');
}

function attributesOf(lead: LeadInHand): Record<string, string> {
  return {
    origem: lead.origin,
    consultor: lead.consultantName,
    status_indicacao: lead.statusValue,
    ...(lead.cnpj ? { cnpj: lead.cnpj } : {}),
  };
}
