import { textOf as anyTextOf } from '../../domain/loose-json.ts';
import { callProvider, type HttpCall, parseJson } from '../http.ts';
import { ChatwootError, errorOfAnswer, errorOfFailure } from './errors.ts';

/** One Chatwoot account. `baseUrl` is the installation's address, without `/api`. */
export type ChatwootConnection = {
  baseUrl: string;
  accountId: number;
  token: string;
  /** For each call as a whole, milliseconds; 10,000 where not given. */
  timeoutMs?: number;
};

/** Any JSON object as Chatwoot sends it. */
export type Json = Record<string, unknown>;

/**
 * One call under `/api/v1/accounts/{id}`; resolves with status and parsed body (undefined where it is not JSON).
 *
 * @throws ChatwootError for every answer that is not 2xx, and where none came
 */
export async function call(
  c: ChatwootConnection,
  method: HttpCall['method'],
  path: string,
  json?: unknown,
  signal?: AbortSignal,
): Promise<{ status: number; body: unknown }> {
  const answer = await callProvider(
    {
      baseUrl: c.baseUrl,
      path: `/api/v1/accounts/${c.accountId}${path}`,
      method,
      headers: { api_access_token: c.token },
      json,
      timeoutMs: c.timeoutMs,
      signal,
    },
    { ofAnswer: errorOfAnswer, ofFailure: errorOfFailure },
  );
  return { status: answer.status, body: parseJson(answer.body) };
}

/** The result of a look-up, with null in place of a 404. */
export async function nullWhenNotFound<T>(result: Promise<T>): Promise<T | null> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof ChatwootError && error.kind === 'not_found') return null;
    throw error;
  }
}

/** The value as a number; null where it is none. */
export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The value as a text; null where it is none or empty. */
export function textOf(value: unknown): string | null {
  return anyTextOf(value) || null;
}

/** Chatwoot's times: unix seconds over REST, ISO in places; null where absent. */
export function dateOf(value: unknown): Date | null {
  if (typeof value === 'number') return new Date(value * 1000);
  if (typeof value !== 'string') return null;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
}
