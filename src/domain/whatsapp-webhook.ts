import { fromWhatsAppStatus } from './delivery.ts';
import { fingerprint } from './fingerprint.ts';
import {
  idOf,
  integerOf,
  isObject,
  type JsonObject,
  listOf,
  objectOf,
  storable,
  textOf,
} from './loose-json.ts';
import type { StatusPayload, WhatsAppEvent } from './whatsapp-event.ts';

export * from './whatsapp-event.ts';

/** Where in the webhook an event was found, with what it needs from there. */
type Place = {
  field: string;
  entry: JsonObject;
  phoneNumberId: string | null;
  contacts: readonly JsonObject[];
  hash: (text: string) => string;
  receivedAt: Date;
};

/**
 * Every event in a WhatsApp Cloud webhook body (parsed JSON), in its order. Nothing is dropped: what is
 * not understood becomes an event of kind `other`. Never throws; a body of another kind gives no events.
 * `hash` names the `other` events; `receivedAt` stands in where an event carries no usable time.
 */
export function parseWhatsAppWebhook(
  body: unknown,
  hash: (text: string) => string = fingerprint,
  receivedAt: Date = new Date(0),
): WhatsAppEvent[] {
  const webhook = objectOf(storable(body));
  if (webhook.object !== 'whatsapp_business_account') return [];
  return listOf(webhook.entry).flatMap((entry) => {
    const place = {
      field: 'entry',
      entry: objectOf(entry),
      phoneNumberId: null,
      contacts: [],
      hash,
      receivedAt,
    };
    const changes = place.entry.changes;
    return Array.isArray(changes)
      ? changes.flatMap((change) => eventsOf(change, place))
      : [other(entry, place)];
  });
}

function eventsOf(change: unknown, outer: Place): WhatsAppEvent[] {
  const { field, value } = objectOf(change);
  if (typeof field !== 'string') return [other(change, outer)];
  const content = objectOf(value);
  const place: Place = {
    ...outer,
    field,
    phoneNumberId: idOf(objectOf(content.metadata).phone_number_id),
    contacts: listOf(content.contacts).filter(isObject),
  };
  const read = Object.hasOwn(READERS, field) ? READERS[field]! : {};
  const events: WhatsAppEvent[] = [];
  const rest: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(content)) {
    const reader = Object.hasOwn(read, key) ? read[key] : undefined;
    if (reader && Array.isArray(part)) {
      for (const item of part) events.push(reader(objectOf(item), place) ?? other({ [key]: [item] }, place));
    } else if (!['messaging_product', 'metadata', 'contacts'].includes(key)) {
      rest[key] = part;
    }
  }
  if (Object.keys(rest).length > 0 || events.length === 0) {
    events.push(other(events.length === 0 ? value : rest, place));
  }
  return events;
}

type Reader = (item: JsonObject, place: Place) => WhatsAppEvent | null;

const READERS: Readonly<Record<string, Readonly<Record<string, Reader>>>> = {
  messages: { messages: messageEvent, statuses: statusEvent },
  user_preferences: { user_preferences: preferenceEvent },
};

function statusEvent(item: JsonObject, place: Place): WhatsAppEvent | null {
  const wamid = idOf(item.id);
  const raw = textOf(item.status) ?? '';
  const status = fromWhatsAppStatus(raw);
  if (wamid === null || status === null) return null;
  return {
    dedupeKey: `status:${wamid}:${raw}`,
    kind: 'status',
    phoneNumberId: place.phoneNumberId,
    payload: {
      wamid,
      attemptId: uuidOf(item.biz_opaque_callback_data),
      status,
      at: instantOf(item, place),
      ...identityOf(item.recipient_id, item.recipient_user_id, place),
      ...errorOf(item.errors),
      pricing: pricingOf(item.pricing),
    },
  };
}

function messageEvent(item: JsonObject, place: Place): WhatsAppEvent | null {
  const wamid = idOf(item.id);
  const type = idOf(item.type);
  // WhatsApp's own notices come as messages, too; taken as one they would count as the person's reply.
  if (wamid === null || type === null || type === 'system' || type === 'request_welcome') return null;
  const { waId, userId } = identityOf(item.from, item.from_user_id, place);
  const contact = contactOf(waId, userId, place);
  return {
    dedupeKey: `message:${wamid}`,
    kind: 'message',
    phoneNumberId: place.phoneNumberId,
    payload: {
      wamid,
      waId,
      userId,
      profileName: textOf(objectOf(contact.profile).name),
      type,
      ...saidIn(item),
      contextWamid: idOf(objectOf(item.context).id) ?? idOf(objectOf(item.reaction).message_id),
      at: instantOf(item, place),
    },
  };
}

function preferenceEvent(item: JsonObject, place: Place): WhatsAppEvent | null {
  const { value } = item;
  const { waId, userId } = identityOf(item.wa_id, item.user_id, place);
  const person = waId ?? userId;
  if (person === null || (value !== 'stop' && value !== 'resume')) return null;
  // By the time it carries, not by `at`: that may be the time of receipt, new at each delivery.
  const stamp = integerOf(item.timestamp) ?? integerOf(place.entry.time) ?? 'undated';
  return {
    dedupeKey: `preference:${person}:${value}:${stamp}`,
    kind: 'preference',
    phoneNumberId: place.phoneNumberId,
    payload: { waId, userId, value, at: instantOf(item, place) },
  };
}

function other(value: unknown, { field, entry, phoneNumberId, hash }: Place): WhatsAppEvent {
  // The entry's time keeps a template paused twice from looking like one event delivered twice.
  const identity = JSON.stringify([entry.id, entry.time, phoneNumberId, field, value]);
  return {
    dedupeKey: `other:${hash(identity)}`,
    kind: 'other',
    phoneNumberId,
    payload: { field, value, wabaId: idOf(entry.id) },
  };
}

/** Who it is about. Either id may be missing; `contacts` fills the gap where it can only mean this person. */
function identityOf(
  waId: unknown,
  userId: unknown,
  place: Place,
): { waId: string | null; userId: string | null } {
  const named = { waId: idOf(waId), userId: idOf(userId) };
  const contact = contactOf(named.waId, named.userId, place);
  return { waId: named.waId ?? idOf(contact.wa_id), userId: named.userId ?? idOf(contact.user_id) };
}

function contactOf(waId: string | null, userId: string | null, { contacts }: Place): JsonObject {
  const match = contacts.find(
    (contact) =>
      (waId !== null && idOf(contact.wa_id) === waId) ||
      (userId !== null && idOf(contact.user_id) === userId),
  );
  return match ?? (contacts.length === 1 ? contacts[0]! : {});
}

function saidIn(message: JsonObject): { text: string | null; buttonPayload: string | null } {
  const kind = textOf(message.type) ?? '';
  const content = objectOf(Object.hasOwn(message, kind) ? message[kind] : undefined);
  switch (kind) {
    case 'text':
      return { text: textOf(content.body), buttonPayload: null };
    case 'button':
      return { text: textOf(content.text), buttonPayload: textOf(content.payload) };
    case 'interactive': {
      const chosen = objectOf(content.button_reply ?? content.list_reply);
      return { text: textOf(chosen.title), buttonPayload: textOf(chosen.id) };
    }
    case 'edit': {
      const edited = objectOf(content.message);
      return edited.type === 'edit' ? { text: null, buttonPayload: null } : saidIn(edited);
    }
    default:
      return { text: textOf(content.caption), buttonPayload: null };
  }
}

function errorOf(errors: unknown): Pick<StatusPayload, 'errorCode' | 'errorText'> {
  const error = objectOf(listOf(errors)[0]);
  const details = objectOf(error.error_data).details;
  return {
    errorCode: integerOf(error.code),
    errorText: textOf(details) ?? textOf(error.message) ?? textOf(error.title),
  };
}

function pricingOf(value: unknown): StatusPayload['pricing'] {
  if (!isObject(value)) return null;
  const billable = typeof value.billable === 'boolean' ? value.billable : null;
  return { billable, category: textOf(value.category), model: textOf(value.pricing_model) };
}

function uuidOf(value: unknown): string | null {
  const text = textOf(value)?.toLowerCase() ?? '';
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(text) ? text : null;
}

/** The item's own time, else its entry's, else when the webhook came; all in unix seconds there. */
function instantOf(item: JsonObject, { entry, receivedAt }: Place): string {
  for (const seconds of [integerOf(item.timestamp), integerOf(entry.time)]) {
    // Later than the year 9999 is no time that a database takes, and none that anybody meant.
    if (seconds !== null && seconds > 0 && seconds < 253_402_300_800)
      return new Date(seconds * 1000).toISOString();
  }
  return receivedAt.toISOString();
}
