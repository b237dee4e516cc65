import { objectOf } from '../../domain/loose-json.ts';
import { type ChatwootConnection, call, type Json, nullWhenNotFound, numberOf, textOf } from './call.ts';
import { errorOfOddAnswer } from './errors.ts';

/** A contact. `phone` is E.164 with `+`; `inboxes` says under which id it is known in each inbox. */
export type Contact = {
  id: number;
  name: string | null;
  phone: string | null;
  email: string | null;
  identifier: string | null;
  customAttributes: Json;
  inboxes: { inboxId: number; sourceId: string }[];
};

/** A new contact. `phone`: E.164 with `+`. `identifier`: ours, stable and unique; lower case, as filters lower it. */
export type NewContact = {
  inboxId: number;
  name: string;
  phone?: string | null;
  email?: string | null;
  identifier: string;
  customAttributes?: Json;
};

/** What to change; a field left out stays. Custom attributes of a contact are merged by Chatwoot itself. */
export type ContactPatch = {
  name?: string;
  phone?: string | null;
  email?: string | null;
  identifier?: string | null;
  customAttributes?: Json;
};

/**
 * Contacts with this identifier of ours or exactly any of these numbers (E.164, with or without `+`), in one call;
 * oldest first. Chatwoot does not keep phones unique: several may have one.
 *
 * @throws ChatwootError
 */
export async function findContacts(
  c: ChatwootConnection,
  who: { identifier: string; phones: readonly string[] },
  signal?: AbortSignal,
): Promise<Contact[]> {
  // Chatwoot puts the + before the value itself; with one of ours it would look for ++.
  const digits = who.phones.map((phone) => phone.replace(/\D/g, ''));
  const found = await filterContacts(
    c,
    [['identifier', who.identifier], ...digits.map((value) => ['phone_number', value] as const)],
    signal,
  );
  return found.filter(
    (contact) =>
      contact.identifier === who.identifier || digits.includes(contact.phone?.replace(/\D/g, '') ?? ''),
  );
}

/**
 * One contact, or null where there is none (any more).
 *
 * @throws ChatwootError
 */
export async function getContact(
  c: ChatwootConnection,
  id: number,
  signal?: AbortSignal,
): Promise<Contact | null> {
  const answer = await nullWhenNotFound(call(c, 'GET', `/contacts/${id}`, undefined, signal));
  return answer === null ? null : toContact(objectOf(answer.body).payload, answer.status);
}

/**
 * Creates a contact, and its address in the inbox (`sourceId`, null where Chatwoot made none).
 *
 * @throws ChatwootError `taken` where phone, e-mail or identifier belongs to another contact
 */
export async function createContact(
  c: ChatwootConnection,
  contact: NewContact,
  signal?: AbortSignal,
): Promise<{ id: number; sourceId: string | null }> {
  // What a new contact does not have is left out: null is for taking away.
  const { phone, email } = contact;
  const fields = { ...contact, phone: phone ?? undefined, email: email ?? undefined };
  const body = { inbox_id: contact.inboxId, ...wireOf(fields) };
  const answer = await call(c, 'POST', '/contacts', body, signal);
  const payload = objectOf(objectOf(answer.body).payload);
  const id = numberOf(objectOf(payload.contact).id);
  if (id === null) throw errorOfOddAnswer(answer.status, 'contact id');
  return { id, sourceId: textOf(objectOf(payload.contact_inbox).source_id) };
}

/**
 * Changes a contact.
 *
 * @throws ChatwootError `not_found`, `taken`, …
 */
export async function updateContact(
  c: ChatwootConnection,
  id: number,
  patch: ContactPatch,
  signal?: AbortSignal,
): Promise<void> {
  await call(c, 'PUT', `/contacts/${id}`, wireOf(patch), signal);
}

/**
 * Makes the contact known in an inbox, under `sourceId` (WhatsApp: the digits without `+`; left out, Chatwoot takes
 * the phone's). Safe to repeat. An address that another contact holds is taken from it: Chatwoot renames that one's.
 *
 * @throws ChatwootError
 */
export async function createContactInbox(
  c: ChatwootConnection,
  contactId: number,
  inbox: { inboxId: number; sourceId?: string },
  signal?: AbortSignal,
): Promise<{ sourceId: string }> {
  const body = { inbox_id: inbox.inboxId, source_id: inbox.sourceId };
  const answer = await call(c, 'POST', `/contacts/${contactId}/contact_inboxes`, body, signal);
  const sourceId = textOf(objectOf(answer.body).source_id);
  if (sourceId === null) throw errorOfOddAnswer(answer.status, 'source_id');
  return { sourceId };
}

async function filterContacts(
  c: ChatwootConnection,
  anyOf: readonly (readonly ['phone_number' | 'identifier', string])[],
  signal: AbortSignal | undefined,
): Promise<Contact[]> {
  const payload = anyOf.map(([key, value], index) => ({
    attribute_key: key,
    filter_operator: 'equal_to',
    values: [value],
    query_operator: index < anyOf.length - 1 ? 'OR' : null,
  }));
  const answer = await call(c, 'POST', '/contacts/filter', { payload }, signal);
  const { payload: found } = objectOf(answer.body);
  if (!Array.isArray(found)) throw errorOfOddAnswer(answer.status, 'payload');
  return found.map((raw) => toContact(raw, answer.status)).sort((a, b) => a.id - b.id);
}

function wireOf(contact: ContactPatch): Json {
  return {
    name: contact.name,
    phone_number: contact.phone,
    email: contact.email,
    identifier: contact.identifier,
    custom_attributes: contact.customAttributes,
  };
}

function toContact(value: unknown, status: number): Contact {
  const raw = objectOf(value);
  const id = numberOf(raw.id);
  if (id === null) throw errorOfOddAnswer(status, 'contact id');
  const inboxes: Contact['inboxes'] = [];
  for (const entry of Array.isArray(raw.contact_inboxes) ? raw.contact_inboxes : []) {
    const inboxId = numberOf(objectOf(objectOf(entry).inbox).id);
    const sourceId = textOf(objectOf(entry).source_id);
    if (inboxId !== null && sourceId !== null) inboxes.push({ inboxId, sourceId });
  }
  return {
    id,
    name: textOf(raw.name),
    phone: textOf(raw.phone_number),
    email: textOf(raw.email),
    identifier: textOf(raw.identifier),
    customAttributes: objectOf(raw.custom_attributes),
    inboxes,
  };
}
