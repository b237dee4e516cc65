import type { RequestHandler } from 'express';
import { z } from 'zod';
import { type Channel, listChannels } from '../db/channels.ts';
import type { Database, TenantRows } from '../db/database.ts';
import { addInstance, openInstance, saveConnection } from '../db/evolution-channels.ts';
import { newKey, type Sealing } from '../db/sealing.ts';
import type { ConnectionState } from '../domain/evolution-event.ts';
import {
  EVOLUTION_EVENTS,
  KEYLESS_WEBHOOK_PATH,
  SECRET_HEADER,
  webhookSubscription,
} from '../domain/evolution-subscription.ts';
import { lineField } from '../domain/referral.ts';
import { connectionState, setWebhook } from '../providers/evolution/client.ts';
import { EvolutionError } from '../providers/evolution/errors.ts';
import { tenantOf } from './authentication.ts';
import {
  inboxId,
  providerAddress,
  providerBase,
  providerToken,
  sendRate,
  statusNumbering,
  webhookSecret,
} from './channel-fields.ts';
import { check, type FieldProblem, Problem } from './problems.ts';

/**
 * So many messages a second where none are given: one in five seconds. WhatsApp bans numbers that are linked to a
 * gateway and write faster than people do.
 */
const CAREFUL_RATE = 0.2;

/** What `POST /v1/channels` takes for an Evolution instance. */
export const newInstance = z.strictObject({
  kind: z.literal('evolution'),
  name: lineField(200, 'Informe o nome do número.'),
  base_url: providerBase('Informe o endereço do gateway, http ou https.'),
  api_key: providerToken,
  // Short enough to be told in the name of an event.
  instance: lineField(80, 'Informe o nome da instância no gateway.'),
  chatwoot_inbox_id: inboxId,
  status_numbering: statusNumbering.default('documented'),
  messages_per_second: sendRate.default(CAREFUL_RATE),
  secret: webhookSecret.optional(),
});

type Needs = { database: Database; sealing: Sealing };

/**
 * Adds an Evolution instance. The answer shows this once the two addresses that its gateway may call, one of which
 * holds the key, and the secret for the other.
 */
export async function addEvolutionInstance(
  rows: TenantRows,
  sealing: Sealing,
  given: z.infer<typeof newInstance>,
) {
  const secret = given.secret ?? newKey('evs');
  const added = await addInstance(rows, sealing, {
    name: given.name,
    baseUrl: given.base_url,
    apiKey: given.api_key,
    instance: given.instance,
    numbering: given.status_numbering,
    inboxId: given.chatwoot_inbox_id,
    messagesPerSecond: given.messages_per_second,
    secret,
  });
  if (!added) {
    const message = 'Já existe um número com esta instância. Altere o que existe.';
    throw new Problem('channel_taken', [{ field: 'instance', code: 'instance_taken', message }]);
  }
  const channel = (await listChannels(rows)).find(({ id }) => id === added.id) as Channel;
  return {
    ...channel,
    webhook: {
      by_key: { path: `/webhooks/evolution/${added.webhookKey}`, headers: {} },
      by_secret: { path: KEYLESS_WEBHOOK_PATH, headers: { [SECRET_HEADER]: secret } },
      events: EVOLUTION_EVENTS,
    },
  };
}

export const registration = z.strictObject(
  { url: providerAddress('Informe o endereço, http ou https, em que o gateway alcança o Lead Flow.') },
  { error: 'Envie um objeto JSON com url.' },
);

/**
 * Tells the gateway of an instance to call us, under the address where it reaches us, with the instance's newest
 * secret; and asks it for the state of the connection.
 */
export function registerWebhook({ database, sealing }: Needs): RequestHandler {
  return async (request, response) => {
    const id = z.uuid().safeParse(request.params.id);
    if (!id.success) throw new Problem('channel_not_found');
    const { url: base } = check(registration, request.body);
    const tenantId = tenantOf(response);
    const [known, gateway] = await database.tenant(tenantId, (rows) =>
      Promise.all([
        rows.query('select from channel where id = $1', [id.data]),
        openInstance(rows, sealing, id.data),
      ]),
    );
    if (known.length === 0) throw new Problem('channel_not_found');
    if (!gateway) throw new Problem('not_a_gateway');
    const [secret] = gateway.secrets;
    const url = base.replace(/\/+$/, '') + KEYLESS_WEBHOOK_PATH;
    const connection = await asked(async (): Promise<ConnectionState> => {
      await setWebhook(gateway, webhookSubscription(url, secret ? { [SECRET_HEADER]: secret } : {}));
      return connectionState(gateway);
    });
    await database.tenant(tenantId, (rows) => saveConnection(rows, id.data, connection));
    response.json({ url, connection });
  };
}

async function asked<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof EvolutionError)) throw error;
    const { kind } = error;
    const fields: FieldProblem[] = [{ field: '', code: kind, message: gatewayWords(error) }];
    const passing = kind === 'unavailable' || kind === 'rate_limited';
    throw new Problem(passing ? 'gateway_unavailable' : 'gateway_refused', fields);
  }
}

const WORDS: Readonly<Record<EvolutionError['kind'], string>> = {
  unauthorized: 'O gateway recusou o token deste número.',
  not_found: 'O gateway não conhece esta instância.',
  refused: 'O gateway recusou o pedido.',
  rate_limited: 'O gateway pediu para esperar.',
  unavailable: 'O gateway não respondeu como devia.',
};

/** Why the gateway did not do what it was asked, with its own words where it had any. */
export function gatewayWords({ kind, words }: EvolutionError): string {
  return words ? `${WORDS[kind]} Ele disse: ${words}` : WORDS[kind];
}
