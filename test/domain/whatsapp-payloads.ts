import { parseWhatsAppWebhook, type WhatsAppEvent } from '../../src/domain/whatsapp-webhook.ts';

const METADATA = { display_phone_number: '5511940000001', phone_number_id: '106540352242922' };

/** A change as Meta writes it, of one number. */
export const change = (value: object, field = 'messages') => ({
  field,
  value: { metadata: METADATA, ...value },
});

/** A webhook's body with these changes. */
export const webhook = (...changes: unknown[]) => ({
  object: 'whatsapp_business_account',
  entry: [{ id: '1022', time: 1773144900, changes }],
});

/** The one event that these changes give; fails where they give none, or more. */
export function parseOne(...changes: unknown[]): WhatsAppEvent {
  const events = parseWhatsAppWebhook(webhook(...changes));
  expect(events).toHaveLength(1);
  return events[0]!;
}

/** What somebody wrote, with `more` among the members of its message. */
export const text = (body: string, more: object = {}) => ({
  from: '551187654321',
  id: 'wamid.in',
  timestamp: '1773144932',
  type: 'text',
  text: { body },
  ...more,
});
