import type { LeadInHand } from '../src/db/steps.ts';
import { contactIdentifierOf, personOfIdentifier } from '../src/domain/chatwoot-marks.ts';
import { phoneForms } from '../src/domain/phone.ts';
import {
  type ChatwootConnection,
  ChatwootError,
  type Contact,
  createContact,
  createContactInbox,
  findContacts,
  getContact,
  updateContact,
} from '../src/providers/chatwoot/client.ts';
import type { Dependencies } from './dependencies.ts';
import { stepActivity } from './steps.ts';

/** Steps on the person's contact in Chatwoot. */
export function contactActivities(deps: Dependencies) {
  return {
    /**
     * Finds the contact, by its stored id, by our identifier, by every form of the phone; where there is none,
     * creates it under our identifier, which Chatwoot keeps unique: one that was quicker is used.
     */
    findOrCreateContact: stepActivity(deps, 'find_or_create_contact', async ({ lead, chatwoot }) => {
      const found = await findContact(chatwoot, lead);
      const contactId = found?.id ?? (await createOrFind(chatwoot, lead));
      const kind = found ? 'contact_found' : 'contact_created';
      return { kind, result: { contactId, known: found !== null }, contactId };
    }),

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

const identifierOf = (lead: LeadInHand) => contactIdentifierOf(lead.personId);

async function findContact(chatwoot: ChatwootConnection, lead: LeadInHand): Promise<Contact | null> {
  const stored = lead.contactId === null ? null : await getContact(chatwoot, lead.contactId);
  const whose = personOfIdentifier(stored?.identifier ?? null);
  // An id that Chatwoot has given to somebody else since, as it may after it was restored.
  if (stored && (whose === null || whose === lead.personId)) return stored;
  const found = await findContacts(chatwoot, {
    identifier: identifierOf(lead),
    phones: phoneForms(lead.phone),
  });
  const byIdentifier = found.find((contact) => contact.identifier === identifierOf(lead));
  const byPhone = phoneForms(lead.phone).map((form) => found.find((contact) => contact.phone === form));
  return byIdentifier ?? byPhone.find((contact) => contact !== undefined) ?? null;
}

async function createOrFind(chatwoot: ChatwootConnection, lead: LeadInHand): Promise<number> {
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
    const there = await findContact(chatwoot, lead);
    if (there) return there.id;
    // Neither identifier nor phone is taken, so it was the e-mail.
    if (lead.email === null) throw error;
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
