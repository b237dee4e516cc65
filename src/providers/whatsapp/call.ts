import { callOnce, DEFAULT_TIMEOUT_MS, type HttpAnswer, type HttpCall } from '../http.ts';
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
export async function call(
  c: WhatsAppConnection,
  method: HttpCall['method'],
  path: string,
  json: unknown,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  let answer: HttpAnswer;
  try {
    answer = await callOnce({
      method,
      url: `${c.baseUrl.replace(/\/+$/, '')}/${c.version}/${path}`,
      headers: { authorization: `Bearer ${c.token}` },
      json,
      timeoutMs: c.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      signal,
    });
  } catch (failure) {
    throw errorOfFailure(failure);
  }
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw errorOfAnswer(answer);
}

/** A text that is there and not empty, else null. */
export function wordOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
