import type { DeliveryState } from './delivery.ts';
import { namesOf, parseJid } from './evolution-jid.ts';
import type { Delivery, Found, StatusNumbering } from './evolution-reading.ts';
import { idOf, integerOf, type JsonObject, objectOf, textOf } from './loose-json.ts';

const NUMBERS: Readonly<Record<StatusNumbering, ReadonlyMap<number, DeliveryState>>> = {
  documented: new Map([
    [1, 'sent'],
    [2, 'delivered'],
    [3, 'read'],
  ]),
  baileys: new Map([
    [0, 'failed'],
    [1, 'queued'],
    [2, 'sent'],
    [3, 'delivered'],
    [4, 'read'],
    [5, 'read'],
  ]),
};

/** Of its two integrations: the one over WhatsApp Web, and the one over the Cloud API. */
const WORDS: ReadonlyMap<string, DeliveryState> = new Map([
  ['ERROR', 'failed'],
  ['PENDING', 'queued'],
  ['SERVER_ACK', 'sent'],
  ['DELIVERY_ACK', 'delivered'],
  ['READ', 'read'],
  ['PLAYED', 'read'],
  ['SENT', 'sent'],
  ['DELIVERED', 'delivered'],
  ['FAILED', 'failed'],
]);

/** A gateway's status, in words of any case or as a number, as a delivery state; null for any other. */
export function stateOfStatus(status: unknown, numbering: StatusNumbering): DeliveryState | null {
  const number = integerOf(status);
  if (number !== null) return NUMBERS[numbering].get(number) ?? null;
  return WORDS.get((textOf(status) ?? '').toUpperCase()) ?? null;
}

/** Whether a status says that the message was edited or deleted; which of the two it does not tell. */
function isEditOrDeletion(status: unknown): boolean {
  return /^(?:deleted|edited)$/i.test(textOf(status) ?? '');
}

/** A status of `messages.update`, in the gateway's own shape or in the other documented one. */
export function readStatus(piece: JsonObject, { numbering, receivedAt }: Delivery): Found {
  const key = objectOf(piece.key);
  const chat = parseJid(piece.remoteJid ?? key.remoteJid);
  if (chat.kind === 'group' || chat.kind === 'broadcast') return { ignored: chat.kind, piece };
  // messageId is the gateway's own row, and so is a bare id beside it.
  const id = idOf(piece.keyId) ?? idOf(key.id);
  if (id === null) return { ignored: 'no_id', piece };
  const told = piece.status ?? objectOf(piece.update).status;
  if (isEditOrDeletion(told)) return { ignored: 'deleted_or_edited', piece };
  const state = stateOfStatus(told, numbering);
  if (state === null) return { ignored: 'unknown_status', piece };
  const to = namesOf(chat, parseJid(piece.remoteJidAlt ?? key.remoteJidAlt));
  return {
    fact: { kind: 'status', payload: { id, state, raw: String(told), to, at: receivedAt } },
    key: [id, state],
  };
}
