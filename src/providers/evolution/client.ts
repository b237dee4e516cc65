import type { ConnectionState } from '../../domain/evolution-event.ts';
import type { WebhookSubscription } from '../../domain/evolution-subscription.ts';
import { callProvider, type HttpAnswer, type HttpCall, parseJson } from '../http.ts';
import { errorOfAnswer, errorOfFailure, errorOfOddAnswer } from './errors.ts';

/** One instance of an Evolution gateway; `apiKey` is the instance's token, or the gateway's own. */
export type EvolutionGateway = {
  baseUrl: string;
  instance: string;
  apiKey: string;
  /** For each call as a whole, milliseconds; 10,000 where not given. */
  timeoutMs?: number;
};

const STATES: readonly string[] = ['open', 'connecting', 'close', 'refused'] satisfies ConnectionState[];

/**
 * The state of the instance's connection as the gateway sees it; it may say `open` of one that is dead.
 *
 * @throws EvolutionError
 */
export async function connectionState(g: EvolutionGateway, signal?: AbortSignal): Promise<ConnectionState> {
  const answer = await call(g, 'GET', '/instance/connectionState', undefined, signal);
  const said = parseJson(answer.body) as { instance?: { state?: unknown } } | null | undefined;
  const state = said?.instance?.state;
  if (!STATES.includes(state as string)) throw errorOfOddAnswer(answer.status, 'state');
  return state as ConnectionState;
}

/**
 * Tells the gateway where the instance's webhooks go, in place of where they went before.
 *
 * @throws EvolutionError
 */
export async function setWebhook(
  g: EvolutionGateway,
  webhook: WebhookSubscription,
  signal?: AbortSignal,
): Promise<void> {
  const answer = await call(g, 'POST', '/webhook/set', { webhook }, signal);
  if (typeof parseJson(answer.body) !== 'object') throw errorOfOddAnswer(answer.status, 'webhook');
}

function call(
  g: EvolutionGateway,
  method: HttpCall['method'],
  path: string,
  json: unknown,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  return callProvider(
    {
      baseUrl: g.baseUrl,
      path: `${path}/${encodeURIComponent(g.instance)}`,
      method,
      headers: { apikey: g.apiKey },
      json,
      timeoutMs: g.timeoutMs,
      signal,
    },
    { ofAnswer: errorOfAnswer, ofFailure: errorOfFailure },
  );
}
