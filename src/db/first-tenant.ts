import type { ButtonMeaning } from '../domain/button.ts';
import { nameKey } from '../domain/consultant.ts';
import { addApiKey } from './api-keys.ts';
import { openDatabase } from './database.ts';
import { addNumber, METAS_RATE } from './official-channels.ts';
import { createSealing, hashKey, newKey } from './sealing.ts';
import { saveSetting } from './tenants.ts';

/** The buttons of the sandbox's templates. */
export const SAMPLE_BUTTONS = ['talk', 'not_interested', 'opt_out'] as const satisfies ButtonMeaning[];

/** What the first tenant is made of: its two connections, its templates and its consultants. */
export type FirstTenant = {
  name: string;
  zone: string;
  chatwoot: {
    url: string;
    accountId: number;
    token: string;
    inboxId: number;
    teamId: number | null;
    webhookSecret: string | null;
  };
  whatsapp: {
    url: string;
    version: string;
    phoneNumberId: string;
    wabaId: string;
    token: string;
    appSecret: string;
    verifyToken: string;
    template: string;
    reworkTemplate: string;
    language: string;
    /** What the quick-reply buttons of both templates mean, in their order. */
    buttons: ButtonMeaning[];
  };
  consultants: { name: string; email: string | null }[];
};

export type CreatedTenant = {
  tenantId: string;
  /** Shown this once: only its hash is stored. */
  apiKey: string;
  /** Paths at this API that WhatsApp and Chatwoot are to call; the last part of each is a secret. */
  whatsappWebhookPath: string;
  chatwootWebhookPath: string;
};

/** Whether there is a tenant already. */
export async function hasTenant(url: string): Promise<boolean> {
  const database = openDatabase(url, { connections: 1, name: 'lead-flow first tenant' });
  try {
    const [state] = await database.query<{ exists: boolean }>('select tenant_exists() as exists');
    return state?.exists === true;
  } finally {
    await database.close();
  }
}

/** Makes the first tenant in one transaction; null, and nothing changed, where there is a tenant already. */
export async function createFirstTenant(
  url: string,
  secretKey: string,
  input: FirstTenant,
): Promise<CreatedTenant | null> {
  const sealing = createSealing(secretKey);
  const database = openDatabase(url, { connections: 1, name: 'lead-flow first tenant' });
  try {
    const [state] = await database.query<{ exists: boolean; id: string }>(
      'select tenant_exists() as exists, uuidv7() as id',
    );
    if (!state || state.exists) return null;
    const chatwootKey = newKey('cw');
    const { chatwoot, whatsapp } = input;
    const { apiKey, whatsappKey } = await database.tenant(state.id, async (rows) => {
      const { tenantId, query } = rows;
      await query('insert into tenant (id, name) values ($1, $2)', [tenantId, input.name]);
      await saveSetting(query, 'zone', input.zone);
      const { key } = await addApiKey(rows, 'first key');
      const [connection] = await query<{ id: string }>(
        `insert into chatwoot_connection
           (tenant_id, base_url, account_id, token_sealed, team_id, webhook_key_hash, webhook_secret_sealed)
         values ($1, $2, $3, $4, $5, $6, $7) returning id`,
        [
          tenantId,
          chatwoot.url,
          chatwoot.accountId,
          sealing.seal(chatwoot.token),
          chatwoot.teamId,
          hashKey(chatwootKey),
          chatwoot.webhookSecret === null ? null : sealing.seal(chatwoot.webhookSecret),
        ],
      );
      const channel = await addNumber(rows, sealing, {
        name: 'WhatsApp',
        baseUrl: whatsapp.url,
        version: whatsapp.version,
        phoneNumberId: whatsapp.phoneNumberId,
        wabaId: whatsapp.wabaId,
        token: whatsapp.token,
        appSecret: whatsapp.appSecret,
        verifyToken: whatsapp.verifyToken,
        inboxId: chatwoot.inboxId,
        messagesPerSecond: METAS_RATE,
      });
      if (!channel) throw new Error('a new tenant has a number already');
      const [flow] = await query<{ id: string }>(
        `insert into flow (tenant_id, name, source) values ($1, 'Indicação', 'api_oficial') returning id`,
        [tenantId],
      );
      const { buttons } = whatsapp;
      await query(
        `insert into flow_version
           (tenant_id, flow_id, version, channel_id, chatwoot_connection_id, definition)
         values ($1, $2, 1, $3, $4, $5)`,
        [
          tenantId,
          flow?.id,
          channel.id,
          connection?.id,
          JSON.stringify({
            main: { template: whatsapp.template, language: whatsapp.language, buttons },
            rework: { template: whatsapp.reworkTemplate, language: whatsapp.language, buttons },
          }),
        ],
      );
      for (const consultant of input.consultants) {
        await query('insert into consultant (tenant_id, name, name_key, email) values ($1, $2, $3, $4)', [
          tenantId,
          consultant.name,
          nameKey(consultant.name),
          consultant.email,
        ]);
      }
      return { apiKey: key, whatsappKey: channel.webhookKey };
    });
    return {
      tenantId: state.id,
      apiKey,
      whatsappWebhookPath: `/webhooks/whatsapp/${whatsappKey}`,
      chatwootWebhookPath: `/webhooks/chatwoot/${chatwootKey}`,
    };
  } finally {
    await database.close();
  }
}
