import { Router } from 'express';
import { z } from 'zod';
import { type Channel, changeChannel, listChannels } from '../db/channels.ts';
import type { Database, TenantRows } from '../db/database.ts';
import { changeNumbering } from '../db/evolution-channels.ts';
import type { Sealing } from '../db/sealing.ts';
import { changeSecrets } from '../db/webhook-secrets.ts';
import { lineField } from '../domain/referral.ts';
import { tenantOf } from './authentication.ts';
import {
  inboxId,
  providerAddress,
  providerToken,
  sendRate,
  statusNumbering,
  webhookSecret,
} from './channel-fields.ts';
import { testChannel } from './channel-tests.ts';
import { addEvolutionInstance, newInstance, registerWebhook } from './evolution-channels.ts';
import { noBody, noQuery, otherMethods } from './methods.ts';
import { addOfficialNumber, newOfficialNumber } from './official-channels.ts';
import { someField } from './partial-change.ts';
import { check, Problem } from './problems.ts';

/** Where raw webhooks are passed on to; it may be in a private network, as the Chatwoot beside us is. */
const relayUrl = providerAddress(
  'Informe um endereço http ou https, sem usuário e senha, ou null para não repassar.',
).nullable();

const CHANGE =
  'Envie um objeto JSON com name, state, token, messages_per_second, chatwoot_inbox_id, relay_url, status_numbering, secret ou drop_former_secret.';

/** What decides which other fields a new channel has; those are read afterwards. */
const newKind = z.object(
  {
    kind: z.enum(['whatsapp_cloud', 'evolution'], {
      error: 'Informe whatsapp_cloud (API oficial) ou evolution (instância da Evolution API).',
    }),
  },
  { error: 'Envie um objeto JSON com kind, name e as credenciais do número.' },
);

export const channelChange = z
  .strictObject(
    {
      name: lineField(200, 'Informe o nome do número.').optional(),
      chatwoot_inbox_id: inboxId.optional(),
      state: z
        .enum(['active', 'paused'], { error: 'Informe active (retomar) ou paused (pausar).' })
        .optional(),
      token: providerToken.optional(),
      messages_per_second: sendRate.optional(),
      relay_url: relayUrl.optional(),
      status_numbering: statusNumbering.optional(),
      /** The former one is believed, too, until it is dropped or there is a newer. */
      secret: webhookSecret.optional(),
      drop_former_secret: z.literal(true, { error: 'Informe true, ou nada.' }).optional(),
    },
    { error: CHANGE },
  )
  .check(someField(CHANGE));

/** The tenant's numbers: what is paused and why, and how it goes on. */
export function channelRoutes({ database, sealing }: { database: Database; sealing: Sealing }): Router {
  const router = Router();

  function adding(kind: string, body: unknown): (rows: TenantRows) => Promise<Channel> {
    if (kind === 'evolution') {
      const given = check(newInstance, body);
      return (rows: TenantRows) => addEvolutionInstance(rows, sealing, given);
    }
    const given = check(newOfficialNumber, body);
    return (rows: TenantRows) => addOfficialNumber(rows, sealing, given);
  }

  router
    .route('/channels')
    .get(noQuery, async (_request, response) => {
      response.json({ channels: await database.together(tenantOf(response), listChannels) });
    })
    .post(async (request, response) => {
      const { kind } = check(newKind, request.body);
      const add = adding(kind, request.body);
      response.status(201).json(await database.tenant(tenantOf(response), add));
    })
    .all(otherMethods);

  router
    .route('/channels/:id')
    .patch(async (request, response) => {
      const id = z.uuid().safeParse(request.params.id);
      if (!id.success) throw new Problem('channel_not_found');
      const { status_numbering, secret, drop_former_secret, ...given } = check(channelChange, request.body);
      const { messages_per_second, relay_url, chatwoot_inbox_id, ...rest } = given;
      const change = {
        ...rest,
        messagesPerSecond: messages_per_second,
        relayUrl: relay_url,
        inboxId: chatwoot_inbox_id,
      };
      const channels = await database.tenant(tenantOf(response), async (rows) => {
        if (relay_url) {
          const message = 'Só números da API oficial do WhatsApp repassam seus webhooks.';
          await refuseUnless(rows, id.data, 'whatsapp_cloud', 'relay_url', message);
        }
        if (status_numbering) {
          const message = 'Só instâncias da Evolution API numeram os status.';
          await refuseUnless(rows, id.data, 'evolution', 'status_numbering', message);
          await changeNumbering(rows, id.data, status_numbering);
        }
        await changeSecrets(rows, sealing, id.data, { secret, dropFormer: drop_former_secret });
        if (!(await changeChannel(rows, sealing, id.data, change))) throw new Problem('channel_not_found');
        return listChannels(rows);
      });
      response.json(channels.find((channel) => channel.id === id.data));
    })
    .all(otherMethods);

  router.route('/channels/:id/webhook').post(registerWebhook({ database, sealing })).all(otherMethods);
  router.route('/channels/:id/test').post(noBody, testChannel({ database, sealing })).all(otherMethods);

  return router;
}

/** Some fields mean nothing in another kind: only Meta's webhooks carry a signature that a far end could check. */
async function refuseUnless(
  rows: TenantRows,
  channelId: string,
  kind: string,
  field: string,
  message: string,
): Promise<void> {
  const channel = (await listChannels(rows)).find(({ id }) => id === channelId);
  if (!channel || channel.kind === kind) return;
  throw new Problem('invalid_body', [{ field, code: 'not_for_this_kind', message }]);
}
