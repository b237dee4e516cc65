/**
 * The events that a gateway is asked to send. Not presence, chats and groups, of which nothing follows; with an
 * empty list it would send them all.
 */
export const EVOLUTION_EVENTS = [
  'MESSAGES_UPSERT',
  'MESSAGES_UPDATE',
  'MESSAGES_EDITED',
  'MESSAGES_DELETE',
  'SEND_MESSAGE',
  'CONTACTS_UPSERT',
  'CONTACTS_UPDATE',
  'CONNECTION_UPDATE',
  'STATUS_INSTANCE',
  'QRCODE_UPDATED',
  'LOGOUT_INSTANCE',
  'REMOVE_INSTANCE',
] as const;

/**
 * The header that carries an instance's secret. Not `jwt_key`, although it is understood: the gateway makes its
 * token once for all of its retries, which may go on for longer than the ten minutes that it holds.
 */
export const SECRET_HEADER = 'x-webhook-secret';

/** Where webhooks come in that the instance and the secret tell whose they are. */
export const KEYLESS_WEBHOOK_PATH = '/api/webhooks/evolution/';

/** The `webhook` of the gateway's own configuration. */
export type WebhookSubscription = {
  enabled: boolean;
  url: string;
  headers: Record<string, string>;
  byEvents: boolean;
  base64: boolean;
  events: readonly string[];
};

/** What a gateway is to be configured with, to call `url`; media stay where they are. */
export function webhookSubscription(url: string, headers: Record<string, string> = {}): WebhookSubscription {
  return { enabled: true, url, headers, byEvents: false, base64: false, events: EVOLUTION_EVENTS };
}
