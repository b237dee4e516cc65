import { Refusal } from '../endpoint.ts';
import { ManyIndex } from './many-index.ts';
import {
  type ChatwootBehaviour,
  type ContactInboxRecord,
  type ContactRecord,
  INBOX,
  type Json,
} from './records.ts';

/** Fields of a contact to create or change; one left out stays. */
export type ContactFields = {
  name?: string;
  phone?: string | null;
  email?: string | null;
  identifier?: string | null;
  customAttributes?: Json;
  additionalAttributes?: Json;
};

/** The account's contacts with the rules their fields have. Found by id, phone, identifier, e-mail and address. */
export class ContactBook {
  #contacts = new Map<number, ContactRecord>();
  #byPhone = new ManyIndex();
  #byIdentifier = new ManyIndex(); // by its lower case, as filters ask
  #byEmail = new Map<string, number>();
  #byAddress = new Map<string, ContactInboxRecord>();
  #behaviour: ChatwootBehaviour;
  #nextId: (kind: 'contact' | 'contactInbox') => number;

  constructor(behaviour: ChatwootBehaviour, nextId: (kind: 'contact' | 'contactInbox') => number) {
    this.#behaviour = behaviour;
    this.#nextId = nextId;
  }

  all(): IterableIterator<ContactRecord> {
    return this.#contacts.values();
  }

  /** Takes in a contact of a former process. */
  restore(contact: ContactRecord): void {
    this.#contacts.set(contact.id, contact);
    this.#index(contact);
    for (const inbox of contact.inboxes) this.#byAddress.set(addressOf(inbox.inboxId, inbox.sourceId), inbox);
  }

  /** @throws Refusal 404 */
  get(id: number): ContactRecord {
    const contact = this.#contacts.get(id);
    if (contact === undefined) throw new Refusal(404, { error: 'Resource could not be found' });
    return contact;
  }

  byPhone(e164: string): ContactRecord[] {
    return [...this.#byPhone.get(e164)].map((id) => this.get(id));
  }

  /** Whatever the case. */
  byIdentifier(identifier: string): ContactRecord[] {
    return [...this.#byIdentifier.get(identifier.toLowerCase())].map((id) => this.get(id));
  }

  byEmail(email: string): ContactRecord | null {
    const id = this.#byEmail.get(email.toLowerCase());
    return id === undefined ? null : this.get(id);
  }

  /** @throws Refusal 422 where a field is taken or malformed */
  create(fields: ContactFields): ContactRecord {
    this.#check(fields, null);
    const contact: ContactRecord = {
      id: this.#nextId('contact'),
      name: fields.name ?? '',
      phone: fields.phone || null,
      email: fields.email || null,
      identifier: fields.identifier || null,
      customAttributes: fields.customAttributes ?? {},
      additionalAttributes: fields.additionalAttributes ?? {},
      createdAt: Date.now(),
      inboxes: [],
      conversationIds: [],
    };
    this.#contacts.set(contact.id, contact);
    this.#index(contact);
    return contact;
  }

  /** Custom and additional attributes are merged. @throws Refusal 422 where a field is taken or malformed */
  update(contact: ContactRecord, fields: ContactFields): void {
    this.#check(fields, contact.id);
    this.#unindex(contact);
    if (fields.name !== undefined) contact.name = fields.name;
    if (fields.phone !== undefined) contact.phone = fields.phone || null;
    if (fields.email !== undefined) contact.email = fields.email || null;
    if (fields.identifier !== undefined) contact.identifier = fields.identifier || null;
    contact.customAttributes = { ...contact.customAttributes, ...fields.customAttributes };
    contact.additionalAttributes = { ...contact.additionalAttributes, ...fields.additionalAttributes };
    this.#index(contact);
  }

  /**
   * The contact's address in the WhatsApp inbox, made where it is not there yet. One that another contact holds is
   * taken from it, and renamed there.
   *
   * @throws Refusal 422 where there is neither a source id nor a phone to make it from
   */
  address(contact: ContactRecord, sourceId: string | null): ContactInboxRecord {
    const wanted = sourceId ?? contact.phone?.replace('+', '');
    if (!wanted) {
      throw new Refusal(422, { error: 'param is missing or the value is empty: contact phone number' });
    }
    const key = addressOf(INBOX.id, wanted);
    const holder = this.#byAddress.get(key);
    if (holder?.contactId === contact.id) return holder;
    if (holder !== undefined) this.#rename(holder);
    const id = this.#nextId('contactInbox');
    const made = { id, contactId: contact.id, inboxId: INBOX.id, sourceId: wanted, createdAt: Date.now() };
    contact.inboxes.push(made);
    this.#byAddress.set(key, made);
    return made;
  }

  /** Whose address it is. */
  byAddress(sourceId: string): ContactInboxRecord | null {
    return this.#byAddress.get(addressOf(INBOX.id, sourceId)) ?? null;
  }

  /** Gives everything of `merged` to `base` and removes it; what `base` has of its own stays. */
  merge(base: ContactRecord, merged: ContactRecord): void {
    this.#unindex(merged);
    this.#unindex(base);
    this.#contacts.delete(merged.id);
    for (const inbox of merged.inboxes) inbox.contactId = base.id;
    base.inboxes.push(...merged.inboxes);
    base.conversationIds = [...base.conversationIds, ...merged.conversationIds].sort((a, b) => a - b);
    base.phone ??= merged.phone;
    base.email ??= merged.email;
    base.identifier ??= merged.identifier;
    base.customAttributes = { ...merged.customAttributes, ...base.customAttributes };
    base.additionalAttributes = { ...merged.additionalAttributes, ...base.additionalAttributes };
    this.#index(base);
  }

  delete(contact: ContactRecord): void {
    this.#unindex(contact);
    this.#contacts.delete(contact.id);
    for (const inbox of contact.inboxes) this.#byAddress.delete(addressOf(inbox.inboxId, inbox.sourceId));
  }

  #rename(holder: ContactInboxRecord): void {
    this.#byAddress.delete(addressOf(holder.inboxId, holder.sourceId));
    holder.sourceId = `whatsapp:${holder.sourceId}${holder.id}`;
    this.#byAddress.set(addressOf(holder.inboxId, holder.sourceId), holder);
  }

  #check(fields: ContactFields, ownId: number | null): void {
    const taken = (id: number | undefined) => id !== undefined && id !== ownId;
    const faults: [string, string][] = [];
    if (fields.email && taken(this.#byEmail.get(fields.email.toLowerCase()))) {
      faults.push(['email', 'Email has already been taken']);
    }
    if (fields.email && !/^[^\s@]+@[^\s@]+$/.test(fields.email))
      faults.push(['email', 'Email Invalid email']);
    const { identifier } = fields;
    const same = identifier
      ? this.byIdentifier(identifier).find((one) => one.identifier === identifier)
      : undefined;
    if (taken(same?.id)) {
      faults.push(['identifier', 'Identifier has already been taken']);
    }
    if (fields.phone) {
      const others = [...this.#byPhone.get(fields.phone)].filter((id) => id !== ownId);
      if (others.length > 0 && !this.#behaviour.allowDuplicatePhones) {
        faults.push(['phone_number', 'Phone number has already been taken']);
      }
      if (!/^\+[1-9]\d{1,14}$/.test(fields.phone)) {
        faults.push(['phone_number', 'Phone number should be in e164 format']);
      }
    }
    if (faults.length > 0) {
      const attributes = [...new Set(faults.map(([attribute]) => attribute))];
      throw new Refusal(422, { message: faults.map(([, words]) => words).join(', '), attributes });
    }
  }

  #index(contact: ContactRecord): void {
    if (contact.phone) this.#byPhone.add(contact.phone, contact.id);
    if (contact.identifier) this.#byIdentifier.add(contact.identifier.toLowerCase(), contact.id);
    if (contact.email) this.#byEmail.set(contact.email.toLowerCase(), contact.id);
  }

  #unindex(contact: ContactRecord): void {
    if (contact.phone) this.#byPhone.delete(contact.phone, contact.id);
    if (contact.identifier) this.#byIdentifier.delete(contact.identifier.toLowerCase(), contact.id);
    if (contact.email) this.#byEmail.delete(contact.email.toLowerCase());
  }
}

function addressOf(inboxId: number, sourceId: string): string {
  return `${inboxId}:${sourceId}`;
}
