import { z } from 'zod';
import { type Channel, listChannels } from '../db/channels.ts';
import type { TenantRows } from '../db/database.ts';
import { addNumber, METAS_RATE } from '../db/official-channels.ts';
import { newKey, type Sealing } from '../db/sealing.ts';
import { lineField } from '../domain/referral.ts';
import { inboxId, providerBase, providerToken, sendRate, webhookSecret } from './channel-fields.ts';
import { Problem } from './problems.ts';

const metaId = (what: string) => {
  const wrong = `Informe ${what}: só algarismos, como a página da API do WhatsApp no app da Meta os mostra.`;
  return z
    .string({ error: wrong })
    .trim()
    .regex(/^\d{5,25}$/, { error: wrong });
};

const VERSION = 'Informe a versão da API da Meta, como v23.0.';
const VERIFY = 'Informe um token de verificação de 8 a 200 caracteres, sem espaços nem acentos.';

/** What `POST /v1/channels` takes for a number of the official API. */
export const newOfficialNumber = z.strictObject({
  kind: z.literal('whatsapp_cloud'),
  name: lineField(200, 'Informe o nome do número.'),
  phone_number_id: metaId('o id do número de telefone'),
  business_account_id: metaId('o id da conta do WhatsApp Business'),
  token: providerToken,
  app_secret: webhookSecret,
  verify_token: z
    .string({ error: VERIFY })
    .trim()
    .regex(/^[\x21-\x7e]{8,200}$/, { error: VERIFY })
    .optional(),
  base_url: providerBase('Informe o endereço da API da Meta, http ou https.').default(
    'https://graph.facebook.com',
  ),
  api_version: z
    .string({ error: VERSION })
    .regex(/^v\d{1,3}\.\d{1,2}$/, { error: VERSION })
    .default('v23.0'),
  chatwoot_inbox_id: inboxId,
  messages_per_second: sendRate.default(METAS_RATE),
});

/**
 * Adds a number of the official API. The answer shows this once what Meta's webhook page is to be filled in with:
 * the path, which holds the key, and the token to verify it by, made here where none was given.
 */
export async function addOfficialNumber(
  rows: TenantRows,
  sealing: Sealing,
  given: z.infer<typeof newOfficialNumber>,
): Promise<Channel & { webhook: { path: string; verify_token: string } }> {
  const verifyToken = given.verify_token ?? newKey('verify');
  const added = await addNumber(rows, sealing, {
    name: given.name,
    baseUrl: given.base_url.replace(/\/+$/, ''),
    version: given.api_version,
    phoneNumberId: given.phone_number_id,
    wabaId: given.business_account_id,
    token: given.token,
    appSecret: given.app_secret,
    verifyToken,
    inboxId: given.chatwoot_inbox_id,
    messagesPerSecond: given.messages_per_second,
  });
  if (!added) {
    const message = 'Já existe um número com este phone_number_id. Altere o que existe.';
    throw new Problem('channel_taken', [{ field: 'phone_number_id', code: 'number_taken', message }]);
  }
  const channel = (await listChannels(rows)).find(({ id }) => id === added.id) as Channel;
  const webhook = { path: `/webhooks/whatsapp/${added.webhookKey}`, verify_token: verifyToken };
  return { ...channel, webhook };
}
