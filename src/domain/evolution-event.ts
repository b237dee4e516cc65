import type { DeliveryState } from './delivery.ts';
import type { EvolutionContent } from './evolution-content.ts';
import type { PersonNames } from './evolution-jid.ts';
import { asksToStop, isOptOut } from './opt-out.ts';

/** Something a person wrote in their own chat with the instance. `id` is WhatsApp's, `at` an ISO instant. */
export type EvolutionMessage = EvolutionContent & {
  id: string;
  from: PersonNames;
  pushName: string | null;
  at: string;
};

/**
 * A message that left the instance: sent through the API (`viaApi`), or typed by its owner on the phone.
 * Tells the id and the text of a send whose answer was lost.
 */
export type EvolutionOwnMessage = EvolutionContent & {
  id: string;
  to: PersonNames;
  state: DeliveryState | null;
  viaApi: boolean;
  at: string;
};

/**
 * A delivery status. `id` alone says whose message it is: gateways mark their own statuses as `fromMe: false`, too.
 * `raw` is the gateway's word or number; `at` is when the webhook came, as statuses carry no time.
 */
export type EvolutionStatus = {
  id: string;
  state: DeliveryState;
  raw: string;
  to: PersonNames;
  at: string;
};

/**
 * A message was reworded. `from` is who did it, where the edit came as a message of theirs; else null, and it has to
 * be found by `id`: the rest of the key may be the writer's own view, in which we are the other side.
 */
export type EvolutionEdit = { id: string; text: string | null; from: PersonNames | null; at: string };

/** A message was taken back; as with edits, only `id` can be relied upon. */
export type EvolutionDeletion = { id: string; at: string };

/** `refused`: nobody scanned the QR code in time. */
export type ConnectionState = 'open' | 'connecting' | 'close' | 'refused';

/**
 * The instance's connection. `reasonCode`: 200 fine, 401 logged out, 403 banned, 500 QR limit. `ownWaId` is the
 * number it is linked to, where told. `stamp` is the gateway's clock as it wrote it: no instant, since its zone is
 * unknown, but it tells which of two events of one instance is the later.
 */
export type EvolutionConnection = {
  event: string;
  state: ConnectionState;
  reasonCode: number | null;
  ownWaId: string | null;
  stamp: string | null;
  at: string;
};

/** Address-book entries that tell a name, or that a LID and a phone are one person; all of one webhook. */
export type EvolutionContacts = { contacts: { names: PersonNames; name: string | null }[] };

/**
 * Why nothing follows from a piece of a webhook.
 * - `group`, `broadcast`, `history`, `presence`, `chats`, `qrcode`, `not_followed`: understood, and not wanted.
 * - `deleted_or_edited`: a status that says so; an edit shows as a deletion there.
 * - `nothing_told`: an empty list, or a contact with neither a name nor a second address.
 * - the rest: not understood.
 */
export type IgnoredReason =
  | 'group'
  | 'broadcast'
  | 'history'
  | 'presence'
  | 'chats'
  | 'qrcode'
  | 'not_followed'
  | 'deleted_or_edited'
  | 'nothing_told'
  | 'no_content'
  | 'no_id'
  | 'unknown_jid'
  | 'unknown_status'
  | 'unknown_state'
  | 'unknown_event'
  | 'malformed'
  | 'not_an_envelope';

/**
 * `count` pieces of one webhook that were ignored for the same reason; `pieces` holds the first ten of them where
 * they were not understood. Groups, other people's chats and QR codes (which log in) are not kept.
 */
export type EvolutionIgnored = {
  event: string | null;
  reason: IgnoredReason;
  count: number;
  pieces: unknown[];
};

/** One thing that happened, without the names under which it is stored. */
export type EvolutionFact =
  | { kind: 'message'; payload: EvolutionMessage }
  | { kind: 'own_message'; payload: EvolutionOwnMessage }
  | { kind: 'status'; payload: EvolutionStatus }
  | { kind: 'edited'; payload: EvolutionEdit }
  | { kind: 'deleted'; payload: EvolutionDeletion }
  | { kind: 'connection'; payload: EvolutionConnection }
  | { kind: 'contacts'; payload: EvolutionContacts }
  | { kind: 'ignored'; payload: EvolutionIgnored };

/** One thing that happened, out of a webhook that may carry many. `instance` is the gateway's name for the number. */
export type EvolutionEvent = { dedupeKey: string; instance: string | null } & EvolutionFact;

/** Whether a person answered: they wrote, pressed or sent something. A reaction is none. */
export function isReply(
  event: EvolutionEvent,
): event is EvolutionEvent & { kind: 'message'; payload: EvolutionMessage } {
  return event.kind === 'message' && event.payload.type !== 'reaction';
}

/** Whether the event says that the person wants no more messages, in words or by a button. */
export function evolutionOptOut(
  event: EvolutionEvent,
  words: readonly string[],
): event is EvolutionEvent & ({ kind: 'message' } | { kind: 'edited' }) {
  if (event.kind === 'edited') return event.payload.text !== null && isOptOut(event.payload.text, words);
  return event.kind === 'message' && asksToStop(event.payload, words);
}
