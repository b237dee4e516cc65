import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import {
  type ChatwootAccount,
  type ChatwootFault,
  faultOf,
  tryChatwoot,
} from '../connections/chatwoot-trial.ts';
import type { Chatwoot, ChatwootDirectory, ConnectionTest } from '../contract/connection.ts';
import { listChannels } from '../db/channels.ts';
import {
  type ChatwootStored,
  forgetChatwootIds,
  openChatwoot,
  saveChatwoot,
  someContacts,
} from '../db/chatwoot.ts';
import { listConsultants } from '../db/consultants.ts';
import type { Database, TenantRows } from '../db/database.ts';
import type { Sealing } from '../db/sealing.ts';
import { personOfIdentifier } from '../domain/chatwoot-marks.ts';
import { type ChatwootConnection, getContact } from '../providers/chatwoot/client.ts';
import { tenantOf } from './authentication.ts';
import { chatwootId, providerBase, providerToken } from './channel-fields.ts';
import { accountChecks, faultChecks, faultWords } from './chatwoot-words.ts';
import { noQuery, otherMethods } from './methods.ts';
import { someField } from './partial-change.ts';
import { check, Problem } from './problems.ts';

const EXPECTED = 'Envie um objeto JSON com url, account_id, token, team_id ou webhook_secret.';
const SECRET =
  'Informe o segredo do webhook como o Chatwoot o mostra, ou null para não conferir assinaturas.';

/** The installation's address; what people copy from the browser goes on with `/app`. */
const address = z.preprocess(
  (given) =>
    typeof given === 'string' ? given.replace(/\/app(?:[/?#].*)?$/, '').replace(/\/+$/, '') : given,
  providerBase('Informe o endereço do Chatwoot, http ou https, sem usuário e senha.'),
);

export const chatwootTrial = z.strictObject(
  {
    url: address.optional(),
    account_id: chatwootId('Informe o número da conta no Chatwoot.').optional(),
    token: providerToken.optional(),
    team_id: chatwootId('Informe o id de uma equipe do Chatwoot, ou null para nenhuma.').nullish(),
    webhook_secret: z
      .string({ error: SECRET })
      .trim()
      .regex(/^[\x21-\x7e]{1,200}$/, { error: SECRET })
      .nullish(),
  },
  { error: EXPECTED },
);

export const chatwootChange = chatwootTrial.check(someField(EXPECTED));

type Needs = { database: Database; sealing: Sealing };

/** A person waits for the answer. */
const TIMEOUT_MS = 8_000;

/** The tenant's Chatwoot: where it is, what may be chosen from, and whether it works. */
export function chatwootRoutes({ database, sealing }: Needs): Router {
  const router = Router();
  const stored = (rows: TenantRows) => connectionOf(rows, sealing);

  const show: RequestHandler = async (_request, response) => {
    response.json(shown(await database.tenant(tenantOf(response), stored)));
  };

  const save: RequestHandler = async (request, response) => {
    const given = check(chatwootChange, request.body);
    const tenantId = tenantOf(response);
    const [before, contacts] = await database.tenant(tenantId, async (rows) => [
      await stored(rows),
      await someContacts(rows),
    ]);
    const wanted = changed(before, given);
    const strange = isElsewhere(before, wanted) && (await isStrange(wanted, contacts));
    const after = await database.tenant(tenantId, async (rows) => {
      const next = changed(await stored(rows), given);
      await saveChatwoot(rows, sealing, next);
      if (strange) await forgetChatwootIds(rows);
      return next;
    });
    response.json(shown(after));
  };

  const test: RequestHandler = async (request, response) => {
    const given = request.body === undefined ? {} : check(chatwootTrial, request.body);
    const { connection, channels, consultants } = await database.tenant(tenantOf(response), async (rows) => ({
      connection: changed(await stored(rows), given),
      channels: await listChannels(rows),
      consultants: await listConsultants(rows),
    }));
    const found = await tryChatwoot(reach(connection));
    const checks =
      found.fault === null
        ? accountChecks(found, { connection, channels, consultants })
        : faultChecks(found, connection);
    response.json({ ok: checks.every(({ state }) => state !== 'failed'), checks } satisfies ConnectionTest);
  };

  const directory: RequestHandler = async (_request, response) => {
    const { agents, teams, inboxes } = await askChatwoot({ database, sealing }, tenantOf(response));
    response.json({
      agents: agents.map(({ id, name, email, availability }) => ({
        id,
        name: name ?? email ?? String(id),
        email: email ?? '',
        availability,
      })),
      teams,
      inboxes: inboxes.map(({ id, name, channelType }) => ({ id, name, channel_type: channelType })),
    } satisfies ChatwootDirectory);
  };

  router.route('/chatwoot').get(noQuery, show).patch(save).all(otherMethods);
  router.route('/chatwoot/test').post(test).all(otherMethods);
  router.route('/chatwoot/directory').get(noQuery, directory).all(otherMethods);
  return router;
}

async function connectionOf(rows: TenantRows, sealing: Sealing): Promise<ChatwootStored> {
  const found = await openChatwoot(rows, sealing);
  if (!found) throw new Problem('no_chatwoot');
  return found;
}

/** What is in the tenant's account now. Throws a problem that says why where it cannot be asked. */
export async function askChatwoot({ database, sealing }: Needs, tenantId: string): Promise<ChatwootAccount> {
  const connection = await database.tenant(tenantId, (rows) => connectionOf(rows, sealing));
  return orProblem(await tryChatwoot(reach(connection)), connection);
}

const reach = ({ baseUrl, accountId, token }: ChatwootStored): ChatwootConnection => ({
  baseUrl,
  accountId,
  token,
  timeoutMs: TIMEOUT_MS,
});

function shown({ baseUrl, accountId, teamId, webhookSecret }: ChatwootStored): Chatwoot {
  return {
    url: baseUrl,
    account_id: accountId,
    team_id: teamId,
    has_webhook_secret: webhookSecret !== null,
  };
}

const isElsewhere = (one: ChatwootStored, other: ChatwootStored) =>
  one.baseUrl.replace(/\/+$/, '') !== other.baseUrl || one.accountId !== other.accountId;

/** What is stored with what is given; a token never goes to another server or account than it was given for. */
function changed(stored: ChatwootStored, given: z.infer<typeof chatwootTrial>): ChatwootStored {
  const { url, account_id, token, team_id, webhook_secret } = given;
  const next = {
    ...stored,
    baseUrl: url ?? stored.baseUrl.replace(/\/+$/, ''),
    accountId: account_id ?? stored.accountId,
    token: token ?? stored.token,
    teamId: team_id === undefined ? stored.teamId : team_id,
    webhookSecret: webhook_secret === undefined ? stored.webhookSecret : webhook_secret,
  };
  if (token === undefined && isElsewhere(stored, next)) {
    const message =
      `Informe também o token: o que está guardado é da conta ${stored.accountId} em ${stored.baseUrl} e só é ` +
      'enviado para lá.';
    throw new Problem('invalid_body', [{ field: 'token', code: 'required', message }]);
  }
  return next;
}

/**
 * Whether an account knows nobody by the ids that we have: then they are another account's, and would be somebody
 * else's there. One that moved to another address keeps them. Throws a problem where it cannot be asked.
 */
async function isStrange(
  connection: ChatwootStored,
  contacts: readonly { contactId: number; personId: string }[],
): Promise<boolean> {
  orProblem(await tryChatwoot(reach(connection)), connection);
  try {
    for (const { contactId, personId } of contacts) {
      const contact = await getContact(reach(connection), contactId);
      if (personOfIdentifier(contact?.identifier ?? null) === personId) return false;
    }
    return contacts.length > 0;
  } catch (error) {
    orProblem(faultOf(error), connection);
    throw error;
  }
}

function orProblem(found: ChatwootAccount | ChatwootFault, connection: ChatwootStored): ChatwootAccount {
  if (found.fault === null) return found;
  const passing = found.fault === 'unreachable';
  throw new Problem(passing ? 'chatwoot_unavailable' : 'chatwoot_refused', [faultWords(found, connection)]);
}
