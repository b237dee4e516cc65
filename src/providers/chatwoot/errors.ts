import { type HttpAnswer, parseJson, providerWords, reasonOf, retryAfterMs } from '../http.ts';

/**
 * What is to be done after a call to Chatwoot that did not succeed:
 * - `taken`: phone, e-mail or identifier belongs to another contact (`details.attributes` says which): find it
 * - `not_found`: the record, agent or team is not there
 * - `unauthorized`: wrong or powerless token: stop and alert
 * - `rate_limited`: wait `retryAfterMs`, where Chatwoot said it, and repeat
 * - `refused`: refused for good
 * - `unavailable`: 5xx, time-out, broken connection or an answer that is none; it may have been carried out
 */
export type ChatwootErrorKind =
  | 'taken'
  | 'not_found'
  | 'unauthorized'
  | 'rate_limited'
  | 'refused'
  | 'unavailable';

/** `attributes`: the fields Chatwoot objects to. `words`: what it said, masked, at most 500 characters. */
export type ChatwootErrorDetails = { attributes: string[]; words: string };

/**
 * A call to Chatwoot that did not succeed. Its message holds kind, HTTP status and field names only: messages end
 * in workflow histories. `status` is null where no answer came.
 */
export class ChatwootError extends Error {
  readonly kind: ChatwootErrorKind;
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  readonly details: ChatwootErrorDetails;

  constructor(fields: {
    kind: ChatwootErrorKind;
    status?: number | null;
    retryAfterMs?: number | null;
    details?: ChatwootErrorDetails;
    reason?: string;
  }) {
    const parts = [
      fields.status == null ? null : `HTTP ${fields.status}`,
      fields.reason ?? null,
      fields.details?.attributes.join(', ') || null,
    ].filter((part) => part !== null);
    super(`Chatwoot: ${fields.kind}${parts.length > 0 ? ` (${parts.join('; ')})` : ''}`);
    this.name = 'ChatwootError';
    this.kind = fields.kind;
    this.status = fields.status ?? null;
    this.retryAfterMs = fields.retryAfterMs ?? null;
    this.details = fields.details ?? { attributes: [], words: '' };
  }
}

/** The error of an answer that is not 2xx. */
export function errorOfAnswer(answer: HttpAnswer): ChatwootError {
  const details = detailsOf(answer.body);
  return new ChatwootError({
    kind: kindOf(answer.status, details),
    status: answer.status,
    retryAfterMs: retryAfterMs(answer.headers),
    details,
  });
}

/** No answer came. */
export function errorOfFailure(failure: unknown): ChatwootError {
  return new ChatwootError({ kind: 'unavailable', reason: reasonOf(failure) });
}

/** A 2xx without what it ought to bring, e.g. the HTML page of a proxy. */
export function errorOfOddAnswer(status: number, missing: string): ChatwootError {
  return new ChatwootError({ kind: 'unavailable', status, reason: `answer without ${missing}` });
}

function kindOf(status: number, details: ChatwootErrorDetails): ChatwootErrorKind {
  if (status === 404) return 'not_found';
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 429) return 'rate_limited';
  if (status === 422 && /already been taken/i.test(details.words)) return 'taken';
  return status >= 500 || status === 408 ? 'unavailable' : 'refused';
}

function detailsOf(body: string): ChatwootErrorDetails {
  const parsed = parseJson(body) as Record<string, unknown> | null | undefined;
  if (typeof parsed !== 'object' || parsed === null) return { attributes: [], words: '' };
  const attributes = Array.isArray(parsed.attributes) ? parsed.attributes : [];
  const words = [parsed.message, parsed.error, parsed.description].find((value) => typeof value === 'string');
  return {
    // Field names only; anything that does not look like one could be a value.
    attributes: attributes.filter((name): name is string => /^[a-z_.]{1,40}$/.test(String(name))),
    words: providerWords((words as string | undefined) ?? ''),
  };
}
