import { randomBytes } from 'node:crypto';
import { Refusal } from '../endpoint.ts';

const KNOWN: Record<number, [status: number, title: string]> = {
  2: [500, 'An unexpected error has occurred. Please retry your request later.'],
  4: [429, 'Application request limit reached'],
  100: [400, 'Invalid parameter'],
  190: [401, 'Error validating access token'],
  368: [403, 'Temporarily blocked for policies violations'],
  80007: [429, 'Rate limit issues'],
  130429: [429, 'Rate limit hit'],
  131000: [500, 'Something went wrong'],
  131016: [503, 'Service unavailable'],
  131026: [400, 'Message undeliverable'],
  131031: [403, 'Business account has been locked'],
  131047: [400, 'Re-engagement message'],
  131048: [429, 'Spam rate limit hit'],
  131049: [400, 'This message was not delivered to maintain healthy ecosystem engagement.'],
  131050: [
    400,
    'Unable to deliver the message. This recipient has chosen to stop receiving marketing messages.',
  ],
  131056: [429, '(Business Account, Consumer Account) pair rate limit hit'],
  131057: [503, 'Account in maintenance mode'],
  132000: [400, 'Number of parameters does not match the expected number of params'],
  132001: [404, 'Template name does not exist in the translation'],
  132012: [400, 'Parameter format does not match format in the created template'],
  132015: [400, 'Template is paused'],
  132016: [400, 'Template is disabled'],
};

/** What Meta calls an error. */
export function titleOf(code: number): string {
  return KNOWN[code]?.[1] ?? 'Message failed to send';
}

/** Meta's error body. */
export function graphError(code: number, details?: string): unknown {
  return {
    error: {
      message: `(#${code}) ${titleOf(code)}`,
      type: 'OAuthException',
      code,
      ...(details === undefined ? {} : { error_data: { messaging_product: 'whatsapp', details } }),
      fbtrace_id: `A${randomBytes(12).toString('base64url')}`,
    },
  };
}

/** A refusal with Meta's code, under the HTTP status it comes with. */
export function refusal(code: number, details?: string): Refusal {
  return new Refusal(KNOWN[code]?.[0] ?? 400, graphError(code, details));
}

/** The error body for a fault that names only an HTTP status. */
export function bodyOfStatus(status: number): unknown {
  if (status === 401) return graphError(190);
  if (status === 429) return graphError(130429);
  return graphError(status >= 500 ? 131000 : 100, 'sandbox fault');
}
