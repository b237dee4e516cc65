import {
  PAIR_RATE_WAIT_MS,
  WHATSAPP_ERROR_CLASSES,
  type WhatsAppErrorClass,
} from '../../domain/whatsapp-errors.ts';
import { type HttpAnswer, HttpFailure, parseJson, providerWords, reasonOf, retryAfterMs } from '../http.ts';

/**
 * A call to WhatsApp that did not succeed. Its message holds class, code and HTTP status only: messages end in
 * workflow histories. Meta's words are in `details` (masked, at most 500 characters); `status` is null where no
 * answer came; `retryAfterMs` is null where nothing was said.
 */
export class WhatsAppError extends Error {
  readonly class: WhatsAppErrorClass;
  readonly code: number | null;
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  readonly details: string;

  constructor(fields: {
    class: WhatsAppErrorClass;
    code?: number | null;
    status?: number | null;
    retryAfterMs?: number | null;
    details?: string;
    reason?: string;
  }) {
    const parts = [
      fields.code == null ? null : `code ${fields.code}`,
      fields.status == null ? null : `HTTP ${fields.status}`,
      fields.reason ?? null,
    ].filter((part) => part !== null);
    super(`WhatsApp: ${fields.class}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}`);
    this.name = 'WhatsAppError';
    this.class = fields.class;
    this.code = fields.code ?? null;
    this.status = fields.status ?? null;
    this.retryAfterMs = fields.retryAfterMs ?? null;
    this.details = fields.details ?? '';
  }
}

/** No answer: whether it left decides between `not_sent` and `ambiguous`. */
export function errorOfFailure(failure: unknown): WhatsAppError {
  const sent = failure instanceof HttpFailure ? failure.sent : true;
  return new WhatsAppError({ class: sent ? 'ambiguous' : 'not_sent', reason: reasonOf(failure) });
}

/** A 2xx that does not say what it ought to: the call may well have been carried out. */
export function errorOfOddAnswer(answer: HttpAnswer, missing: string): WhatsAppError {
  return new WhatsAppError({
    class: 'ambiguous',
    status: answer.status,
    reason: `answer without ${missing}`,
  });
}

interface GraphError {
  code: number;
  words: string;
}

function graphError(body: string): GraphError | null {
  const parsed = parseJson(body) as { error?: Record<string, unknown> } | null | undefined;
  const error = parsed?.error;
  if (typeof error !== 'object' || error === null || typeof error.code !== 'number') return null;
  const data = error.error_data as { details?: unknown } | undefined;
  const words = [error.message, error.error_user_msg, data?.details].filter(
    (w) => typeof w === 'string' && w,
  );
  return { code: error.code, words: words.join(' — ') };
}

/** The error of an answer that is not 2xx. */
export function errorOfAnswer(answer: HttpAnswer): WhatsAppError {
  const { status } = answer;
  const meta = graphError(answer.body);
  const known = meta === null ? undefined : WHATSAPP_ERROR_CLASSES.get(meta.code);
  const errorClass = known ?? classOfStatus(status, meta !== null);
  const asked = retryAfterMs(answer.headers);
  return new WhatsAppError({
    class: errorClass,
    code: meta?.code ?? null,
    status,
    retryAfterMs: errorClass === 'pair_rate' ? Math.max(PAIR_RATE_WAIT_MS, asked ?? 0) : asked,
    details: meta === null ? '' : providerWords(meta.words),
  });
}

function classOfStatus(status: number, metaAnswered: boolean): WhatsAppErrorClass {
  // A server that failed may have failed after it took the message, whatever words it finds for it.
  if (status >= 500) return 'ambiguous';
  // A 408 without Meta's words is a proxy that gave up waiting, perhaps after it had passed the request on.
  if (status === 408 && !metaAnswered) return 'ambiguous';
  if (status === 429) return 'retry';
  if (status === 401) return 'channel_stop';
  return 'final';
}
