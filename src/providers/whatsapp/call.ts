import { callProvider, type HttpAnswer, type HttpCall } from '../http.ts';
import { errorOfAnswer, errorOfFailure } from './errors.ts';

/** One official WhatsApp number. `baseUrl` without version (`https://graph.facebook.com`), `version` like `v23.0`. */
export type WhatsAppConnection = {
  baseUrl: string;
  version: string;
  phoneNumberId: string;
  token: string;
  /** For the whole call, milliseconds; 10,000 where not given. */
  timeoutMs?: number;
};

/**
 * One call of the Cloud API, once; `path` comes after the version.
 *
 * @throws WhatsAppError
 */
export function call(
  c: WhatsAppConnection,
  method: HttpCall['method'],
  path: string,
  json: unknown,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  return callProvider(
    {
      baseUrl: c.baseUrl,
      path: `/${c.version}/${path}`,
      method,
      headers: { authorization: `Bearer ${c.token}` },
      json,
      timeoutMs: c.timeoutMs,
      signal,
    },
    { ofAnswer: errorOfAnswer, ofFailure: errorOfFailure },
  );
}

/** A text that is there and not empty, else null. */
export function wordOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
