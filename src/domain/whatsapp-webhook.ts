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
import { phoneFromWaId } from './phone.ts';
import { readAccountUpdate, topicOf } from './whatsapp-account.ts';
import { accountKey, type StatusPayload, type WhatsAppEvent } from './whatsapp-event.ts';
import { contextOf, saidIn } from './whatsapp-said.ts';

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
  const update = accountEvent(content, place);
  if (update) return [update];
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
  smb_message_echoes: { message_echoes: echoEvent },
  message_echoes: { message_echoes: echoEvent },
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
  if (type === 'system') return numberChangeEvent(item, place);
  if (wamid === null || type === null || type === 'request_welcome') return null;
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
      contextWamid: contextOf(item),
      at: instantOf(item, place),
    },
  };
}

function preferenceEvent(item: JsonObject, place: Place): WhatsAppEvent | null {
  const value = textOf(item.value)?.toLowerCase();
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

/** Of WhatsApp's notices in a conversation the one that says under which number the person is now. */
function numberChangeEvent(item: JsonObject, place: Place): WhatsAppEvent | null {
  const wamid = idOf(item.id);
  const notice = objectOf(item.system);
  const newWaId = idOf(notice.wa_id) ?? idOf(notice.new_wa_id);
  const newUserId = idOf(notice.user_id);
  const { waId, userId } = identityOf(item.from, item.from_user_id, place);
  const known = waId !== null || userId !== null;
  if (wamid === null || !known || (newWaId === null && newUserId === null)) return null;
  if (!/^(?:user|customer)_changed_number$/.test(textOf(notice.type) ?? '')) return null;
  return {
    dedupeKey: `number_change:${wamid}`,
    kind: 'number_change',
    phoneNumberId: place.phoneNumberId,
    payload: { waId, userId, newWaId, newUserId, at: instantOf(item, place) },
  };
}

function echoEvent(item: JsonObject, place: Place): WhatsAppEvent | null {
  const wamid = idOf(item.id);
  const { waId, userId } = identityOf(item.to, item.to_user_id, place);
  if (wamid === null || (waId === null && userId === null)) return null;
  return {
    dedupeKey: `echo:${wamid}`,
    kind: 'echo',
    phoneNumberId: place.phoneNumberId,
    payload: { wamid, waId, userId, type: idOf(item.type) ?? 'unknown', at: instantOf(item, place) },
  };
}

function accountEvent(value: JsonObject, place: Place): WhatsAppEvent | null {
  const { field, entry, hash } = place;
  const wabaId = idOf(entry.id);
  const update = readAccountUpdate(field, value);
  if (wabaId === null || update === null) return null;
  const topic = hash(JSON.stringify([wabaId, ...topicOf(update)]));
  const time = secondsOf(entry.time);
  return {
    dedupeKey: accountKey(topic, time ?? 0, hash(JSON.stringify([field, value]))),
    kind: 'account',
    phoneNumberId: place.phoneNumberId,
    payload: { field, value, wabaId, topic, time },
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
  const [only] = contacts.length === 1 ? contacts : [];
  return match ?? (only && !isOther(only, waId, userId) ? only : {});
}

/** Whether the contact names somebody else; a number may be written there in its other form. */
function isOther(contact: JsonObject, waId: string | null, userId: string | null): boolean {
  const [itsWaId, itsUserId] = [idOf(contact.wa_id), idOf(contact.user_id)];
  if (waId !== null && itsWaId !== null) {
    const [phone, itsPhone] = [phoneFromWaId(waId), phoneFromWaId(itsWaId)];
    return phone === null || phone !== itsPhone;
  }
  return userId !== null && itsUserId !== null;
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
  const seconds = secondsOf(item.timestamp) ?? secondsOf(entry.time);
  return (seconds === null ? receivedAt : new Date(seconds * 1000)).toISOString();
}

/** Unix seconds. Later than the year 9999 is no time that a database takes, and none that anybody meant. */
function secondsOf(value: unknown): number | null {
  const seconds = integerOf(value);
  return seconds !== null && seconds > 0 && seconds < 253_402_300_800 ? seconds : null;
}
