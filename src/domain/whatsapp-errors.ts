/**
 * What is to be done after a call to WhatsApp that did not succeed:
 * - `retry`: refused for now; back off and call again
 * - `pair_rate`: too many messages to this one recipient; wait `retryAfterMs` (at least 6 s)
 * - `channel_stop`: token, policy, account or spam: pause the channel, alert
 * - `template_stop`: parameters, missing, format, paused or disabled: stop this template
 * - `no_whatsapp`: final for this recipient
 * - `opted_out`: the recipient has stopped marketing messages: record it
 * - `window_closed`: outside the 24 h window: only a template may go
 * - `held_back`: Meta held it back to keep engagement healthy: not now, no immediate retry
 * - `final`: refused for good; show Meta's words
 * - `not_sent`: the request never left (refused, name not found, no connection in time): safe to repeat
 * - `ambiguous`: it may have been carried out; repeating it may send twice
 */
export type WhatsAppErrorClass =
  | 'retry'
  | 'pair_rate'
  | 'channel_stop'
  | 'template_stop'
  | 'no_whatsapp'
  | 'opted_out'
  | 'window_closed'
  | 'held_back'
  | 'final'
  | 'not_sent'
  | 'ambiguous';

/** Meta's error codes, in answers and in `failed` statuses, to what is to be done. A code not listed is `final`. */
export const WHATSAPP_ERROR_CLASSES: ReadonlyMap<number, WhatsAppErrorClass> = new Map([
  [4, 'retry'], // application request limit
  [80007, 'retry'], // business account request limit
  [130429, 'retry'], // throughput
  [131016, 'retry'], // service unavailable
  [131057, 'retry'], // account in maintenance
  [131056, 'pair_rate'],
  [190, 'channel_stop'], // token expired or revoked
  [368, 'channel_stop'], // policy violation
  [131031, 'channel_stop'], // account locked
  [131048, 'channel_stop'], // spam rate limit
  [132000, 'template_stop'], // parameter count
  [132001, 'template_stop'], // no such template or language
  [132012, 'template_stop'], // parameter format
  [132015, 'template_stop'], // paused
  [132016, 'template_stop'], // disabled
  [131026, 'no_whatsapp'],
  [131050, 'opted_out'],
  [131047, 'window_closed'],
  [131049, 'held_back'],
]);

/** The shortest wait after `pair_rate`, in milliseconds. */
export const PAIR_RATE_WAIT_MS = 6_000;

/** The class of one of Meta's codes as a `failed` status brings it (there is no HTTP status there). */
export function classOfCode(code: number): WhatsAppErrorClass {
  return WHATSAPP_ERROR_CLASSES.get(code) ?? 'final';
}

const TRY_AGAIN: readonly string[] = [
  'retry',
  'pair_rate',
  'not_sent',
  'channel_stop',
  'template_stop',
] satisfies WhatsAppErrorClass[];

/** Whether the same message may be tried again after a refusal of this class: it did not leave, and still may. */
export function mayTryAgain(errorClass: string): boolean {
  return TRY_AGAIN.includes(errorClass);
}
