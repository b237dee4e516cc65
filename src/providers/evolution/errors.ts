import { type HttpAnswer, parseJson, providerWords, reasonOf, retryAfterMs } from '../http.ts';

/**
 * What is to be done after a call to an Evolution gateway that did not succeed:
 * - `unauthorized`: wrong token
 * - `not_found`: the gateway has no such instance, or there is no gateway at the address
 * - `rate_limited`: wait `retryAfterMs`, where it was said, and repeat
 * - `refused`: refused for good
 * - `unavailable`: 5xx, time-out, broken connection or an answer that is none; it may have been carried out
 */
export type EvolutionErrorKind = 'unauthorized' | 'not_found' | 'rate_limited' | 'refused' | 'unavailable';

/**
 * A call to Evolution that did not succeed. Its message holds kind and HTTP status only; the gateway's words are in
 * `words` (masked, at most 500 characters). `status` is null where no answer came.
 */
export class EvolutionError extends Error {
  readonly kind: EvolutionErrorKind;
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  readonly words: string;

  constructor(fields: {
    kind: EvolutionErrorKind;
    status?: number | null;
    retryAfterMs?: number | null;
    words?: string;
    reason?: string;
  }) {
    const parts = [fields.status == null ? null : `HTTP ${fields.status}`, fields.reason ?? null].filter(
      (part) => part !== null,
    );
    super(`Evolution: ${fields.kind}${parts.length > 0 ? ` (${parts.join('; ')})` : ''}`);
    this.name = 'EvolutionError';
    this.kind = fields.kind;
    this.status = fields.status ?? null;
    this.retryAfterMs = fields.retryAfterMs ?? null;
    this.words = fields.words ?? '';
  }
}

/** The error of an answer that is not 2xx: `{status, error, response: {message: […]}}`. */
export function errorOfAnswer({ status, headers, body }: HttpAnswer): EvolutionError {
  return new EvolutionError({
    kind: kindOf(status),
    status,
    retryAfterMs: retryAfterMs(headers),
    words: providerWords(wordsOf(parseJson(body))),
  });
}

/** No answer came. */
export function errorOfFailure(failure: unknown): EvolutionError {
  return new EvolutionError({ kind: 'unavailable', reason: reasonOf(failure) });
}

/** A 2xx without what it ought to bring, e.g. the HTML page of a proxy. */
export function errorOfOddAnswer(status: number, missing: string): EvolutionError {
  return new EvolutionError({ kind: 'unavailable', status, reason: `answer without ${missing}` });
}

function kindOf(status: number): EvolutionErrorKind {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 404) return 'not_found';
  if (status === 429) return 'rate_limited';
  return status >= 500 || status === 408 ? 'unavailable' : 'refused';
}

function wordsOf(body: unknown): string {
  const { error, message, response } = (body ?? {}) as Record<string, unknown>;
  const said = [(response as { message?: unknown } | null | undefined)?.message, message, error];
  return said.flat(3).find((word): word is string => typeof word === 'string' && word !== '') ?? '';
}
