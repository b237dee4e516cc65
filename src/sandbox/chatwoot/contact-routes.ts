import type { Router } from 'express';
import { type Answer, type Call, type Desk, Refusal } from '../endpoint.ts';
import type { ContactFields } from './contact-book.ts';
import { filterContacts } from './contact-filter.ts';
import { addressInput, contactInput, filterInput, input, mergeInput } from './inputs.ts';
import { type ContactRecord, TEAM } from './records.ts';
import {
  addressShape,
  agentShape,
  contactShape,
  conversationShape,
  inboxShape,
  teamShape,
} from './shapes.ts';
import type { ChatwootStore } from './store.ts';

const CONTACTS_A_PAGE = 15;
const CONVERSATIONS_OF_A_CONTACT = 20;
const SEARCHES_A_MINUTE = 100;

/** `/contacts…`, and the lists of agents, teams and inboxes. */
export function contactRoutes(
  router: Router,
  desk: Desk,
  store: ChatwootStore,
  checked: (handle: (call: Call) => Answer) => (call: Call) => Answer,
): void {
  const route = (handle: (call: Call) => Answer) => desk.endpoint(checked(handle));
  const maySearch = searchLimit();

  router.get(
    '/contacts/search',
    route(({ query }) => {
      const wanted = query.get('q')?.trim().toLowerCase() ?? '';
      if (wanted === '') throw new Refusal(422, { error: 'Specify search string with parameter q' });
      if (!maySearch()) throw new Refusal(429, 'Retry later\n');
      const fits = (value: string | null) => value?.toLowerCase().includes(wanted) ?? false;
      const found = [...store.contacts.all()].filter(
        (contact) =>
          fits(contact.name) || fits(contact.email) || fits(contact.phone) || fits(contact.identifier),
      );
      return listed(found, query);
    }),
  );
  router.post(
    '/contacts/filter',
    route(({ body, query }) =>
      listed(filterContacts(store.contacts, input(filterInput, body).payload), query),
    ),
  );
  router.post(
    '/contacts',
    route(({ body }) => {
      const fields = input(contactInput, body);
      const inbox =
        fields.inbox_id == null ? null : { inboxId: fields.inbox_id, sourceId: fields.source_id ?? null };
      const { contact, address } = store.createContact(fieldsOf(fields), inbox);
      const contact_inbox = address === null ? null : addressShape(address);
      return ok({ payload: { contact: contactShape(contact), contact_inbox } });
    }),
  );
  router.get(
    '/contacts/:id',
    route(({ params }) => ok({ payload: contactShape(store.contacts.get(Number(params.id))) })),
  );
  for (const method of ['put', 'patch'] as const) {
    router[method](
      '/contacts/:id',
      route(({ params, body }) => {
        const contact = store.updateContact(Number(params.id), fieldsOf(input(contactInput, body)));
        return ok({ payload: contactShape(contact) });
      }),
    );
  }
  router.delete(
    '/contacts/:id',
    route(({ params }) => {
      store.deleteContact(Number(params.id));
      return ok({});
    }),
  );
  router.get(
    '/contacts/:id/conversations',
    route(({ params }) => {
      const ids = store.contacts.get(Number(params.id)).conversationIds;
      const payload = ids
        .map((id) => store.conversation(id))
        .sort((a, b) => b.lastActivityAt - a.lastActivityAt || b.id - a.id)
        .slice(0, CONVERSATIONS_OF_A_CONTACT)
        .map((conversation) => conversationShape(store, conversation));
      return ok({ payload });
    }),
  );
  router.post(
    '/contacts/:id/contact_inboxes',
    route(({ params, body }) => {
      const { inbox_id, source_id } = input(addressInput, body);
      return ok(addressShape(store.addAddress(Number(params.id), inbox_id, source_id ?? null)));
    }),
  );
  router.get(
    '/contacts/:id/contactable_inboxes',
    route(({ params }) => {
      const contact = store.contacts.get(Number(params.id));
      const sourceId = contact.inboxes[0]?.sourceId ?? contact.phone?.replace('+', '');
      return ok({ payload: sourceId ? [{ source_id: sourceId, inbox: inboxShape() }] : [] });
    }),
  );
  router.post(
    '/actions/contact_merge',
    route(({ body }) => {
      const { base_contact_id, mergee_contact_id } = input(mergeInput, body);
      return ok(contactShape(store.mergeContacts(base_contact_id, mergee_contact_id)));
    }),
  );
  router.get(
    '/agents',
    route(() => ok(store.agents.map(agentShape))),
  );
  router.get(
    '/teams',
    route(() => ok([teamShape()])),
  );
  router.get(
    '/teams/:id/team_members',
    route(({ params }) => {
      if (Number(params.id) !== TEAM.id) throw new Refusal(404, { error: 'Resource could not be found' });
      return ok(store.agents.map(agentShape));
    }),
  );
  router.get(
    '/inboxes',
    route(() => ok({ payload: [inboxShape()] })),
  );
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function listed(contacts: ContactRecord[], query: URLSearchParams): Answer {
  const page = Math.max(1, Number(query.get('page')) || 1);
  const shown = contacts.slice((page - 1) * CONTACTS_A_PAGE, page * CONTACTS_A_PAGE);
  return ok({ meta: { count: contacts.length, current_page: page }, payload: shown.map(contactShape) });
}

function fieldsOf(fields: ReturnType<typeof contactInput.parse>): ContactFields {
  return {
    name: fields.name ?? undefined,
    phone: fields.phone_number,
    email: fields.email,
    identifier: fields.identifier,
    customAttributes: fields.custom_attributes ?? undefined,
    additionalAttributes: fields.additional_attributes ?? undefined,
  };
}

function searchLimit(): () => boolean {
  let minute = 0;
  let taken = 0;
  return () => {
    const now = Math.floor(Date.now() / 60_000);
    if (now !== minute) taken = 0;
    minute = now;
    taken++;
    return taken <= SEARCHES_A_MINUTE;
  };
}
