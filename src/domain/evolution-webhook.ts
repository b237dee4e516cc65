import { readConnection, readQrCode } from './evolution-connection.ts';
import { readContacts } from './evolution-contacts.ts';
import { piecesOf, readEnvelope, stripApiKey } from './evolution-envelope.ts';
import type { EvolutionEvent, IgnoredReason } from './evolution-event.ts';
import { readChange, readDeletion, readMessage } from './evolution-messages.ts';
import type { Delivery, Found, Reader, StatusNumbering } from './evolution-reading.ts';
import { readStatus } from './evolution-status.ts';
import { fingerprint } from './fingerprint.ts';
import { isObject } from './loose-json.ts';

export { evolutionInstance, stripApiKey } from './evolution-envelope.ts';
export * from './evolution-event.ts';
export type { StatusNumbering } from './evolution-reading.ts';

/**
 * - `pathEvent`: what stood behind the webhook's path (`messages-upsert`), for bodies that do not name their event.
 * - `numbering`: how this instance numbers its statuses; `documented` unless told.
 * - `hash`: names events that carry no id; give a cryptographic one.
 * - `receivedAt`: stands in where an event carries no usable time.
 */
export type EvolutionOptions = {
  pathEvent?: string;
  numbering?: StatusNumbering;
  hash?: (text: string) => string;
  receivedAt?: Date;
};

/**
 * Every event in an Evolution webhook (parsed JSON): a message, a status and so on for each piece of its data, then
 * what was ignored, one event for each reason. Never throws, and never returns nothing.
 *
 * Dedupe keys: a message, own message and deletion by instance and WhatsApp id, a status by its state too, an edit by
 * its wording; everything without an id by content and the envelope's `date_time`, which a repetition repeats.
 */
export function parseEvolutionWebhook(
  body: unknown,
  {
    pathEvent,
    numbering = 'documented',
    hash = fingerprint,
    receivedAt = new Date(0),
  }: EvolutionOptions = {},
): EvolutionEvent[] {
  const { event, ...envelope } = readEnvelope(body, pathEvent);
  const found: Found[] =
    event === null
      ? [{ ignored: 'not_an_envelope', piece: stripApiKey(body) }]
      : read({ ...envelope, event, numbering, receivedAt: receivedAt.toISOString() });

  const { instance, stamp } = envelope;
  const events = new Map<string, EvolutionEvent>();
  const told = [...found.filter((one) => 'fact' in one), ...ignoredOf(found, event, stamp)];
  for (const { fact, key, content } of told) {
    const ids = content === undefined ? key : [...key, hash(JSON.stringify(content))];
    const dedupeKey = keyOf([fact.kind, instance, ...ids], hash);
    if (!events.has(dedupeKey)) events.set(dedupeKey, { dedupeKey, instance, ...fact });
  }
  return [...events.values()];
}

/**
 * The dedupe keys under which a message of this id may have come: a person's, or one of the instance's own.
 *
 * @param hash the one that the events were named with
 */
export function messageKeys(
  instance: string | null,
  id: string,
  hash: (text: string) => string = fingerprint,
): { theirs: string; own: string[] } {
  const own = ['messages.upsert', 'send.message'];
  return {
    theirs: keyOf(['message', instance, id], hash),
    own: own.map((event) => keyOf(['own_message', instance, id, event], hash)),
  };
}

/** Between these two lie the dedupe keys of all connection events of the instance that are later than `stamp`. */
export function laterConnectionKeys(instance: string | null, stamp: string): { from: string; to: string } {
  const keyAt = (time: string) =>
    `connection:${encodeURIComponent(instance ?? '')}:${encodeURIComponent(time)}`;
  return { from: keyAt(stamp), to: keyAt('9') };
}

function read(delivery: Delivery): Found[] {
  const { event, data } = delivery;
  const unwanted = UNWANTED.get(event);
  if (unwanted !== undefined) return [{ ignored: unwanted, piece: data }];
  const reader = READERS.get(event);
  if (!reader && !CONTACTS.has(event)) return [{ ignored: 'unknown_event', piece: data }];
  const pieces = piecesOf(data, 'messages', 'contacts', 'updates');
  if (pieces.length === 0)
    return [{ ignored: Array.isArray(data) ? 'nothing_told' : 'malformed', piece: data }];
  if (!reader) return readContacts(pieces, delivery);
  return pieces.map((piece) => (isObject(piece) ? reader(piece, delivery) : { ignored: 'malformed', piece }));
}

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['messages.upsert', readMessage],
  ['send.message', readMessage],
  ['messages.update', readStatus],
  ['messages.edited', readChange],
  ['send.message.update', readChange],
  ['messages.delete', readDeletion],
  ['connection.update', readConnection],
  ['status.instance', readConnection],
  ['logout.instance', readConnection],
  ['remove.instance', readConnection],
  ['instance.delete', readConnection],
  ['qrcode.updated', readQrCode],
]);

const CONTACTS = new Set(['contacts.upsert', 'contacts.update', 'contacts.set']);

const UNWANTED: ReadonlyMap<string, IgnoredReason> = new Map<string, IgnoredReason>([
  ['messages.set', 'history'],
  ['messaging.history.set', 'history'],
  ['chats.set', 'chats'],
  ['chats.upsert', 'chats'],
  ['chats.update', 'chats'],
  ['chats.delete', 'chats'],
  ['presence.update', 'presence'],
  ['groups.upsert', 'group'],
  ['groups.update', 'group'],
  ['group.participants.update', 'group'],
  ['application.startup', 'not_followed'],
  ['instance.create', 'not_followed'],
  ['creds.update', 'not_followed'],
  ['call', 'not_followed'],
  ['labels.edit', 'not_followed'],
  ['labels.association', 'not_followed'],
  ['typebot.start', 'not_followed'],
  ['typebot.change.status', 'not_followed'],
]);

/** Reasons for which the pieces are kept: somebody may want to know what they were. */
const NOT_UNDERSTOOD: ReadonlySet<IgnoredReason> = new Set<IgnoredReason>([
  'no_content',
  'no_id',
  'unknown_jid',
  'unknown_status',
  'unknown_state',
  'unknown_event',
  'malformed',
  'not_an_envelope',
]);

/** One event for each reason: a body of a hundred thousand odd pieces must not become as many rows. */
function ignoredOf(found: readonly Found[], event: string | null, stamp: string | null) {
  const byReason = new Map<IgnoredReason, unknown[]>();
  for (const one of found) {
    if (!('ignored' in one)) continue;
    const pieces = byReason.get(one.ignored) ?? [];
    pieces.push(one.piece);
    byReason.set(one.ignored, pieces);
  }
  return [...byReason].map(([reason, pieces]) => ({
    fact: {
      kind: 'ignored' as const,
      payload: {
        event,
        reason,
        count: pieces.length,
        pieces: NOT_UNDERSTOOD.has(reason) ? pieces.slice(0, 10) : [],
      },
    },
    key: [event, reason, stamp],
    content: pieces,
  }));
}

/** A key that an index holds and a person can read; where it would get long, its hash stands for it. */
function keyOf([kind, ...parts]: readonly (string | null)[], hash: (text: string) => string): string {
  const named = parts.map((part) => part ?? '');
  const readable = named.join('').length <= 150 ? named.map(encodeURIComponent).join(':') : null;
  return `${kind}:${readable ?? hash(JSON.stringify(named))}`;
}
