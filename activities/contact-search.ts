import { ApplicationFailure } from '@temporalio/activity';
import { findPerson, identitiesOf, livingPerson } from '../src/db/identities.ts';
import type { LeadInHand } from '../src/db/steps.ts';
import { contactIdentifierOf, personOfIdentifier } from '../src/domain/chatwoot-marks.ts';
import { phoneForms } from '../src/domain/phone.ts';
import {
  type ChatwootConnection,
  ChatwootError,
  type Contact,
  findContacts,
  getContact,
  updateContact,
} from '../src/providers/chatwoot/client.ts';
import type { Dependencies } from './dependencies.ts';

/** Whose contact is asked for, and where. */
export type Asking = {
  deps: Dependencies;
  tenantId: string;
  chatwoot: ChatwootConnection;
  lead: LeadInHand;
};

/** `freed`: the phone stood on the contact of somebody who has lost it, and was taken off there. */
export type Found = { contactId: number | null; freed: boolean };

/** Under which `identifier` the lead's person stands in Chatwoot. */
export const identifierOf = (lead: LeadInHand) => contactIdentifierOf(lead.personId);

/**
 * Finds the person's contact, by its stored id, by our identifier, by every form of the phone. A contact with the
 * phone that we know as somebody else's is not theirs: the phone has changed hands, and Chatwoot, which lets one
 * contact have it, is told so. The conversations of whoever lost it stay with their contact.
 *
 * @throws ChatwootError; an ApplicationFailure that is final where it is this lead that has lost the phone
 */
export async function findContact(asking: Asking): Promise<Found> {
  const { chatwoot, lead } = asking;
  const stored = lead.contactId === null ? null : await getContact(chatwoot, lead.contactId);
  // An id that Chatwoot has given to somebody else since, as it may after it was restored, is not taken.
  if (stored && (personOfIdentifier(stored.identifier) === null || (await isTheirs(asking, stored)))) {
    return withPhone(asking, stored);
  }
  const found = await contactsNamed(asking);
  const signed = found.find((contact) => contact.identifier === identifierOf(lead));
  if (signed) return withPhone(asking, signed);
  const { free, others } = await tellApart(asking, found);
  if (free[0]) return { contactId: free[0].id, freed: false };
  return { contactId: null, freed: await freePhone(asking, others) };
}

/** A contact whose phone was taken off gets the one by which its person was referred since. */
async function withPhone(asking: Asking, contact: Contact): Promise<Found> {
  const { chatwoot, lead } = asking;
  const found = { contactId: contact.id, freed: false };
  if (contact.phone !== null || !(await hasPhone(asking))) return found;
  const write = () => updateContact(chatwoot, contact.id, { phone: lead.phone });
  try {
    await write();
    return found;
  } catch (error) {
    if (!(error instanceof ChatwootError) || error.kind !== 'taken') throw error;
  }
  const { others } = await tellApart(asking, await contactsNamed(asking));
  const freed = await freePhone(asking, others);
  if (freed) await write();
  return { ...found, freed };
}

/** Contacts with the phone, in the order of its forms: those that may be the person's, and those of other people. */
async function tellApart(asking: Asking, contacts: readonly Contact[]) {
  const free: Contact[] = [];
  const others: Contact[] = [];
  for (const form of phoneForms(asking.lead.phone)) {
    for (const contact of contacts.filter(({ phone }) => phone === form)) {
      const owner = await ownerOf(asking, contact);
      (owner === null || owner === asking.lead.personId ? free : others).push(contact);
    }
  }
  return { free, others };
}

/** Takes the phone off contacts of people who have lost it, where it stays readable; whether there were any. */
async function freePhone(asking: Asking, contacts: readonly Contact[]): Promise<boolean> {
  if (contacts.length === 0) return false;
  if (!(await hasPhone(asking))) {
    throw ApplicationFailure.nonRetryable("the phone is another person's now", 'PhoneChangedHands');
  }
  for (const { id, phone } of contacts) {
    const customAttributes = { lead_flow_telefone_anterior: phone };
    await updateContact(asking.chatwoot, id, { phone: null, customAttributes });
  }
  return true;
}

const contactsNamed = ({ chatwoot, lead }: Asking) =>
  findContacts(chatwoot, { identifier: identifierOf(lead), phones: phoneForms(lead.phone) });

const isTheirs = async (asking: Asking, contact: Contact) =>
  (await ownerOf(asking, contact)) === asking.lead.personId;

/** Whose contact it is as far as we know: by our own identifier on it, or else because we took it up as theirs. */
function ownerOf({ deps, lead, tenantId }: Asking, { id, identifier }: Contact): Promise<string | null> {
  const named = personOfIdentifier(identifier);
  if (named === lead.personId) return Promise.resolve(named);
  return deps.database.tenant(tenantId, ({ query }) =>
    named === null
      ? findPerson(query, identitiesOf(deps.sealing, tenantId, { chatwootContact: id }))
      : livingPerson(query, named),
  );
}

/** Whether the phone of the lead is still its person's. */
async function hasPhone({ deps, lead, tenantId }: Asking): Promise<boolean> {
  const identities = identitiesOf(deps.sealing, tenantId, { phone: lead.phone });
  const owner = await deps.database.tenant(tenantId, ({ query }) => findPerson(query, identities));
  return owner === lead.personId;
}
