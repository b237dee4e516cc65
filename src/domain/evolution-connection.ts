import { instantOfMilliseconds } from './evolution-envelope.ts';
import type { ConnectionState } from './evolution-event.ts';
import { namesOf, parseJid } from './evolution-jid.ts';
import type { Delivery, Found } from './evolution-reading.ts';
import { integerOf, isObject, type JsonObject, textOf } from './loose-json.ts';

const STATES: ReadonlyMap<string, ConnectionState> = new Map([
  ['open', 'open'],
  ['connecting', 'connecting'],
  ['close', 'close'],
  ['closed', 'close'],
  ['refused', 'refused'],
]);

const GONE = new Set(['logout.instance', 'remove.instance', 'instance.delete']);

/** What `connection.update`, `status.instance` and the ends of an instance tell of its connection. */
export function readConnection(piece: JsonObject, delivery: Delivery): Found {
  const told = (textOf(piece.state) ?? textOf(piece.status) ?? '').toLowerCase();
  const state = GONE.has(delivery.event) ? 'close' : STATES.get(told);
  if (state === undefined) return { ignored: 'unknown_state', piece };
  const reason = piece.statusReason ?? piece.disconnectionReasonCode ?? piece.statusCode;
  return connectionFact(state, integerOf(reason), piece, delivery);
}

/** A new code to scan is news to nobody here, and logs in whoever reads it; that no more will come matters. */
export function readQrCode(piece: JsonObject, delivery: Delivery): Found {
  const reason = integerOf(piece.statusCode);
  const over = !isObject(piece.qrcode) && (reason !== null || /limit/i.test(textOf(piece.message) ?? ''));
  return over ? connectionFact('refused', reason, piece, delivery) : { ignored: 'qrcode', piece };
}

function connectionFact(
  state: ConnectionState,
  reasonCode: number | null,
  piece: JsonObject,
  { event, stamp, receivedAt }: Delivery,
): Found {
  const disconnected = new Date(textOf(piece.disconnectionAt) ?? Number.NaN).getTime();
  const at = instantOfMilliseconds(disconnected) ?? receivedAt;
  const ownWaId = namesOf(parseJid(piece.wuid)).waId;
  // Without a stamp nothing tells a repetition from the next time, and losing the next time would be the worse.
  // It stands first, so that an index has the later events of an instance behind the earlier ones.
  return {
    fact: { kind: 'connection', payload: { event, state, reasonCode, ownWaId, stamp, at } },
    key: [stamp ?? at, event, state],
  };
}
