import {
  type EvolutionEvent,
  type EvolutionOptions,
  parseEvolutionWebhook,
} from '../../src/domain/evolution-webhook.ts';

/** When the gateway says that it sent its webhooks. */
export const STAMP = '2026-03-10T09:15:32.114Z';
/** When they came. */
export const RECEIVED = new Date('2026-03-10T12:15:33.000Z');
/** Ana’s address, and the names it gives her. */
export const ANA_JID = '5511987654321@s.whatsapp.net';
/** An address that hides the number. */
export const LID_JID = '112233445566778@lid';
export const ANA = {
  waId: '5511987654321',
  phone: '+5511987654321',
  phones: ['+5511987654321', '+551187654321'],
  lid: null,
};
/** The names of nobody who is known. */
export const NOBODY = { waId: null, phone: null, phones: [], lid: null };

/** A gateway's webhook. */
export const envelope = (event: string, data: unknown, more: object = {}) => ({
  event,
  instance: 'lead-vendas',
  data,
  destination: 'https://api.exemplo.com.br/webhooks/evolution/chave-secreta',
  date_time: STAMP,
  sender: '5511940000001@s.whatsapp.net',
  server_url: 'https://evo.exemplo.com.br',
  apikey: null,
  ...more,
});
/** The key of a message of Ana’s. */
export const key = (more: object = {}) => ({ remoteJid: ANA_JID, fromMe: false, id: '3EB01', ...more });
/** What Ana wrote, as `messages.upsert` tells it. */
export const text = (body: string, more: object = {}) => ({
  key: key(),
  pushName: 'Ana Souza',
  status: 'DELIVERY_ACK',
  message: { conversation: body },
  messageType: 'conversation',
  messageTimestamp: 1773144932,
  ...more,
});
/** Reads a body as if it came at `RECEIVED`. */
export const parse = (body: unknown, options: EvolutionOptions = {}) =>
  parseEvolutionWebhook(body, { receivedAt: RECEIVED, ...options });
/** The one event that a webhook brings. */
export const parseOne = (event: string, data: unknown, options: EvolutionOptions = {}): EvolutionEvent => {
  const events = parse(envelope(event, data), options);
  expect(events).toHaveLength(1);
  return events[0]!;
};
/** The one event of a `messages.upsert`. */
export const upsert = (data: unknown) => parseOne('messages.upsert', data);
/** Why an event was ignored; null where it was not. */
export const reasonOf = (event: EvolutionEvent) => (event.kind === 'ignored' ? event.payload.reason : null);

/** What comes of Ana’s “Oi”. */
export const ANA_SAYS_HI = {
  dedupeKey: 'message:lead-vendas:3EB01',
  instance: 'lead-vendas',
  kind: 'message',
  payload: {
    id: '3EB01',
    from: ANA,
    pushName: 'Ana Souza',
    type: 'text',
    text: 'Oi',
    buttonPayload: null,
    contextId: null,
    at: '2026-03-10T12:15:32.000Z',
  },
};
