import { type HttpAnswer, parseJson } from '../http.ts';
import { call, type WhatsAppConnection, wordOf } from './call.ts';
import { errorOfOddAnswer } from './errors.ts';

/** What Meta says of a token: whose app it is, what it may do, and until when (null: for ever). */
export type TokenDescription = {
  appId: string | null;
  valid: boolean;
  scopes: string[];
  expiresAt: Date | null;
};

/**
 * The token describes itself.
 *
 * @throws WhatsAppError
 */
export async function describeToken(c: WhatsAppConnection, signal?: AbortSignal): Promise<TokenDescription> {
  const path = `debug_token?input_token=${encodeURIComponent(c.token)}`;
  const answer = await call(c, 'GET', path, undefined, signal);
  const data = objectOf(answer, 'data');
  const { expires_at: expires, scopes } = data;
  return {
    appId: wordOf(data.app_id),
    valid: data.is_valid !== false,
    scopes: Array.isArray(scopes) ? scopes.map(String) : [],
    expiresAt: typeof expires === 'number' && expires > 0 ? new Date(expires * 1000) : null,
  };
}

/** An app that gets the webhooks of a business account. */
export type SubscribedApp = { id: string | null; name: string | null };

/**
 * The apps that Meta calls for a WhatsApp Business Account.
 *
 * @throws WhatsAppError
 */
export async function listSubscribedApps(
  c: WhatsAppConnection,
  wabaId: string,
  signal?: AbortSignal,
): Promise<SubscribedApp[]> {
  const answer = await call(c, 'GET', `${wabaId}/subscribed_apps`, undefined, signal);
  const body = parseJson(answer.body) as { data?: unknown } | null | undefined;
  if (!Array.isArray(body?.data)) throw errorOfOddAnswer(answer, 'data');
  return body.data.map((listed: { whatsapp_business_api_data?: Record<string, unknown> }) => {
    const app = listed.whatsapp_business_api_data ?? (listed as Record<string, unknown>);
    return { id: wordOf(app.id), name: wordOf(app.name) };
  });
}

/**
 * The addresses that the token's app is called at for this number, the one that counts first: the number's own,
 * its account's, the app's. Empty where Meta does not tell.
 *
 * @throws WhatsAppError
 */
export async function getCallbacks(c: WhatsAppConnection, signal?: AbortSignal): Promise<string[]> {
  const path = `${c.phoneNumberId}?fields=webhook_configuration`;
  const answer = await call(c, 'GET', path, undefined, signal);
  const body = parseJson(answer.body) as
    | { webhook_configuration?: Record<string, unknown> }
    | null
    | undefined;
  const { phone_number, whatsapp_business_account, application } = body?.webhook_configuration ?? {};
  return [phone_number, whatsapp_business_account, application]
    .map(wordOf)
    .filter((address) => address !== null);
}

function objectOf(answer: HttpAnswer, name: string): Record<string, unknown> {
  const body = parseJson(answer.body) as Record<string, unknown> | null | undefined;
  const value = body?.[name];
  if (typeof value !== 'object' || value === null) throw errorOfOddAnswer(answer, name);
  return value as Record<string, unknown>;
}
