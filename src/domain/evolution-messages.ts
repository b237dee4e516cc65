import { contentOf, contextOf, protocolOf, rewordedIn } from './evolution-content.ts';
import { instantOfMilliseconds, instantOfSeconds } from './evolution-envelope.ts';
import type { IgnoredReason } from './evolution-event.ts';
import { namesOf, type PersonNames, parseJid, parsePhoneJid } from './evolution-jid.ts';
import type { Delivery, Found } from './evolution-reading.ts';
import { stateOfStatus } from './evolution-status.ts';
import { idOf, integerOf, isObject, type JsonObject, objectOf, textOf } from './loose-json.ts';

/**
 * A message of `messages.upsert` or `send.message`: a person's, or one of the instance's own. One that only changes
 * another is an edit or a deletion.
 */
export function readMessage(piece: JsonObject, delivery: Delivery): Found {
  const ignored = (reason: IgnoredReason): Found => ({ ignored: reason, piece });
  if (!isObject(piece.key)) return ignored('malformed');
  const { key } = piece;
  const chat = parseJid(key.remoteJid);
  if (chat.kind === 'group' || chat.kind === 'broadcast') return ignored(chat.kind);
  const id = idOf(key.id);
  if (id === null) return ignored('no_id');
  const viaApi = delivery.event === 'send.message';
  const own = viaApi ? true : flagOf(key.fromMe);
  if (own === null) return ignored('malformed');
  // In a message of the owner's, senderPn and its like are the owner: linking them would merge two people.
  const from = own
    ? null
    : namesOf(
        chat,
        parseJid(key.remoteJidAlt),
        parsePhoneJid(key.senderPn ?? piece.senderPn),
        parseJid(key.senderLid),
        parseJid(key.previousRemoteJid),
      );
  const change = protocolOf(piece.message) ?? rewordedIn(piece);
  if (change) return protocol(change, piece, delivery, from);
  if (chat.kind === 'unknown') return ignored('unknown_jid');
  const content = contentOf(piece.message);
  if (!content) return ignored('no_content');

  const what = { id, ...content, contextId: content.contextId ?? contextOf(piece) };
  const at = instantOfSeconds(piece.messageTimestamp) ?? delivery.receivedAt;
  if (from === null) {
    const to = namesOf(chat, parseJid(key.remoteJidAlt));
    const state = stateOfStatus(piece.status, delivery.numbering);
    return {
      fact: { kind: 'own_message', payload: { ...what, to, state, viaApi, at } },
      key: [id, delivery.event],
    };
  }
  const pushName = textOf(piece.pushName)?.trim() || null;
  return { fact: { kind: 'message', payload: { ...what, from, pushName, at } }, key: [id] };
}

/** What `messages.edited` and `send.message.update` carry: the bare change. */
export function readChange(piece: JsonObject, delivery: Delivery): Found {
  return protocol(piece, piece, delivery, null);
}

/** An edit or a withdrawal; `origin` is what carries it, the message around it or the change itself. */
function protocol(
  change: JsonObject,
  origin: JsonObject,
  delivery: Delivery,
  from: PersonNames | null,
): Found {
  const { key, type, editedMessage, timestampMs } = change;
  const chat = parseJid(objectOf(origin.key).remoteJid);
  if (chat.kind === 'group' || chat.kind === 'broadcast') return { ignored: chat.kind, piece: change };
  const id = idOf(objectOf(key).id);
  if (id === null) return { ignored: 'no_id', piece: change };
  const at =
    instantOfMilliseconds(timestampMs) ?? instantOfSeconds(origin.messageTimestamp) ?? delivery.receivedAt;
  if (isObject(editedMessage)) {
    const text = contentOf(editedMessage)?.text ?? null;
    return {
      fact: { kind: 'edited', payload: { id, text, from, at } },
      key: [id],
      content: [timestampMs, text],
    };
  }
  // WhatsApp's numbers: 0 takes a message back. An absent number is a zero there, too.
  const revoked = type === undefined || type === null || integerOf(type) === 0 || type === 'REVOKE';
  return revoked
    ? { fact: { kind: 'deleted', payload: { id, at } }, key: [id] }
    : { ignored: 'not_followed', piece: change };
}

/** What `messages.delete` carries: a bare key, or a row with the key in it. */
export function readDeletion(piece: JsonObject, { receivedAt }: Delivery): Found {
  // A bare key carries the chat beside its id; in a row of the gateway's the id is the row's.
  const key = isObject(piece.key) ? piece.key : piece;
  const chat = parseJid(key.remoteJid);
  if (chat.kind === 'group' || chat.kind === 'broadcast') return { ignored: chat.kind, piece };
  const id = idOf(piece.keyId) ?? (key === piece && piece.remoteJid === undefined ? null : idOf(key.id));
  if (id === null) return { ignored: 'no_id', piece };
  return { fact: { kind: 'deleted', payload: { id, at: receivedAt } }, key: [id] };
}

/** Absent means no, as in WhatsApp's own encoding; null for anything that is neither yes nor no. */
function flagOf(value: unknown): boolean | null {
  if (value === undefined || value === null) return false;
  if (value === true || value === 'true' || value === 1) return true;
  return value === false || value === 'false' || value === 0 ? false : null;
}
