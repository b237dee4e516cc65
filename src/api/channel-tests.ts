import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { ConnectionTest } from '../contract/connection.ts';
import { type Channel, listChannels } from '../db/channels.ts';
import type { Database, TenantRows } from '../db/database.ts';
import { openInstance, saveConnection } from '../db/evolution-channels.ts';
import { templatesInUse } from '../db/flows.ts';
import { openNumber } from '../db/official-channels.ts';
import type { Sealing } from '../db/sealing.ts';
import type { ConnectionState } from '../domain/evolution-event.ts';
import { connectionState } from '../providers/evolution/client.ts';
import { EvolutionError } from '../providers/evolution/errors.ts';
import { tenantOf } from './authentication.ts';
import type { Check } from './chatwoot-words.ts';
import { gatewayWords } from './evolution-channels.ts';
import { officialChecks } from './official-checks.ts';
import { Problem } from './problems.ts';

type Needs = { database: Database; sealing: Sealing };

/** A person waits for the answer. */
const TIMEOUT_MS = 8_000;

/** Tries a channel as it is stored: what is right of it, what is not, and the remedy. Changes nothing at its provider. */
export function testChannel({ database, sealing }: Needs): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const id = z.uuid().safeParse(request.params.id);
    if (!id.success) throw new Problem('channel_not_found');
    const tenantId = tenantOf(response);
    const { channel, number, instance, templates } = await database.tenant(tenantId, (rows) =>
      read(rows, sealing, id.data),
    );
    let checks: Check[] = [];
    if (number) {
      checks = await officialChecks({ ...number, timeoutMs: TIMEOUT_MS }, channel, templates);
    } else if (instance) {
      const { check, connection } = await instanceCheck({ ...instance, timeoutMs: TIMEOUT_MS });
      if (connection) await database.tenant(tenantId, (rows) => saveConnection(rows, id.data, connection));
      checks = [check];
    }
    response.json({ ok: checks.every(({ state }) => state !== 'failed'), checks } satisfies ConnectionTest);
  };
}

async function read(rows: TenantRows, sealing: Sealing, id: string) {
  const channel: Channel | undefined = (await listChannels(rows)).find((one) => one.id === id);
  if (!channel) throw new Problem('channel_not_found');
  return {
    channel,
    number: await openNumber(rows, sealing, id),
    instance: await openInstance(rows, sealing, id),
    templates: await templatesInUse(rows, id),
  };
}

const STATES: Readonly<Record<ConnectionState, [Check['state'], string]>> = {
  open: ['ok', 'está conectada ao WhatsApp.'],
  connecting: [
    'failed',
    'está tentando se conectar ao WhatsApp. Se não mudar em um minuto, leia de novo o QR code no gateway, com o celular do número.',
  ],
  close: ['failed', 'está desconectada do WhatsApp. Leia o QR code no gateway, com o celular do número.'],
  refused: [
    'failed',
    'desistiu de se conectar: ninguém leu o QR code. Gere outro no gateway e leia-o com o celular do número.',
  ],
};

async function instanceCheck(
  gateway: Parameters<typeof connectionState>[0],
): Promise<{ check: Check; connection?: ConnectionState }> {
  const { instance, baseUrl } = gateway;
  try {
    const connection = await connectionState(gateway);
    const [state, words] = STATES[connection];
    return { connection, check: { name: 'instance', state, message: `A instância "${instance}" ${words}` } };
  } catch (error) {
    if (!(error instanceof EvolutionError)) throw error;
    const remedy = {
      unauthorized: ['token', 'Confira o token da instância no gateway e informe-o em token.'],
      not_found: ['instance', `Confira o nome "${instance}" no gateway e o endereço ${baseUrl}.`],
      refused: ['instance', `Confira o nome "${instance}" no gateway e o endereço ${baseUrl}.`],
      rate_limited: ['address', 'Teste de novo em um minuto.'],
      unavailable: [
        'address',
        `Confira o endereço ${baseUrl} e se o gateway está no ar; depois teste de novo.`,
      ],
    } as const;
    const [name, words] = remedy[error.kind];
    return { check: { name, state: 'failed', message: `${gatewayWords(error)} ${words}` } };
  }
}
