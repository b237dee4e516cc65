import { createHash, timingSafeEqual } from 'node:crypto';
import type { z } from 'zod';
import type { ChatwootAccount, ChatwootFault } from '../connections/chatwoot-trial.ts';
import type { check } from '../contract/connection.ts';
import type { Channel } from '../db/channels.ts';
import type { ChatwootStored } from '../db/chatwoot.ts';
import type { Consultant } from '../db/consultants.ts';
import type { FieldProblem } from './problems.ts';

/** One thing that was tried, as the contract has it. */
export type Check = z.infer<typeof check>;

/** Where an account is looked for. */
type Place = Pick<ChatwootStored, 'baseUrl' | 'accountId'>;

/** Why Chatwoot could not be asked, with the field that is to blame and the remedy. */
export function faultWords({ fault, status, message }: ChatwootFault, place: Place): FieldProblem {
  const { baseUrl, accountId } = place;
  switch (fault) {
    case 'unauthorized':
      return {
        field: 'token',
        code: fault,
        message:
          `O Chatwoot recusou o token para a conta ${accountId} (HTTP ${status}). Copie o token de acesso de um ` +
          'administrador dessa conta, nas configurações do perfil dele no Chatwoot, e informe-o aqui.',
      };
    case 'unknown_account':
      return {
        field: 'account_id',
        code: fault,
        message:
          `Não há a conta ${accountId} em ${baseUrl}. Confira o endereço, que termina antes de /app, e o número da ` +
          'conta, que vem depois de /accounts/ no endereço das páginas do Chatwoot.',
      };
    case 'refused':
      return {
        field: 'url',
        code: fault,
        message: `O Chatwoot em ${baseUrl} recusou o pedido (HTTP ${status}). Confira o endereço, a conta e o token.`,
      };
    case 'unreachable':
      return {
        field: 'url',
        code: fault,
        message:
          `O Chatwoot em ${baseUrl} não respondeu como devia (${message}). Confira se o endereço está certo e se o ` +
          'Chatwoot está no ar; depois tente de novo.',
      };
  }
}

/** What is right and what is not where the account could not be asked. */
export function faultChecks(fault: ChatwootFault, place: Place): Check[] {
  const { message } = faultWords(fault, place);
  if (fault.fault !== 'unauthorized') return [{ name: 'address', state: 'failed', message }];
  return [reached(place), { name: 'token', state: 'failed', message }];
}

/** What our side has that must be found in the account. */
export type Expected = {
  connection: ChatwootStored;
  channels: readonly Channel[];
  consultants: readonly Consultant[];
};

/** What is right and what is not of an account that was asked. */
export function accountChecks(account: ChatwootAccount, expected: Expected): Check[] {
  const { connection, channels, consultants } = expected;
  return [
    reached(connection),
    { name: 'token', state: 'ok', message: `O token vale para a conta ${connection.accountId}.` },
    ...channels.map((channel) => inboxCheck(account, channel)),
    teamCheck(account, connection.teamId),
    agentsCheck(account, consultants),
    webhookCheck(account, connection),
  ];
}

const reached = ({ baseUrl }: Place): Check => ({
  name: 'address',
  state: 'ok',
  message: `O Chatwoot responde em ${baseUrl}.`,
});

function inboxCheck({ inboxes }: ChatwootAccount, channel: Channel): Check {
  const { name: number, chatwoot_inbox_id: id, kind } = channel;
  const inbox = inboxes.find((one) => one.id === id);
  if (!inbox) {
    const message =
      `A caixa de entrada ${id}, do número "${number}", não está nesta conta, ou este token não a vê. ` +
      `${choice(inboxes)} Corrija-a em Números.`;
    return { name: 'inbox', state: 'failed', message };
  }
  const type = inbox.channelType?.replace('Channel::', '') ?? 'desconhecido';
  // Gateways of Evolution often stand in Chatwoot as an API inbox.
  if (type === 'Whatsapp' || (kind === 'evolution' && type === 'Api')) {
    return {
      name: 'inbox',
      state: 'ok',
      message: `O número "${number}" usa a caixa "${inbox.name}" (${id}).`,
    };
  }
  const message =
    `A caixa "${inbox.name}" (${id}), do número "${number}", é do tipo ${type}, não WhatsApp: as conversas iriam ` +
    'para o lugar errado. Escolha em Números a caixa de WhatsApp deste número.';
  return { name: 'inbox', state: 'failed', message };
}

function teamCheck({ teams }: ChatwootAccount, teamId: number | null): Check {
  if (teamId === null) {
    const message =
      'Nenhuma equipe foi escolhida: quando o consultor não está disponível, a conversa fica sem ninguém. ' +
      'Escolha uma equipe para recebê-la.';
    return { name: 'team', state: 'warning', message };
  }
  const team = teams.find(({ id }) => id === teamId);
  if (team) return { name: 'team', state: 'ok', message: `A equipe "${team.name}" (${teamId}) existe.` };
  const message = `A equipe ${teamId} não está nesta conta. ${choice(teams)} Escolha uma delas.`;
  return { name: 'team', state: 'failed', message };
}

function agentsCheck({ agents }: ChatwootAccount, consultants: readonly Consultant[]): Check {
  const known = (consultant: Consultant) =>
    agents.some(
      ({ id, email }) =>
        id === consultant.chatwoot_agent_id ||
        (email !== null && email.toLowerCase() === consultant.email?.toLowerCase()),
    );
  const without = consultants.filter((consultant) => !known(consultant)).map(({ nome }) => nome);
  if (consultants.length === 0) {
    const message =
      'Nenhum consultor foi cadastrado: todas as indicações ficam com a equipe. Cadastre-os em Consultores.';
    return { name: 'agents', state: 'warning', message };
  }
  if (without.length === 0) {
    const message = `Cada consultor (${consultants.length}) tem o seu agente no Chatwoot.`;
    return { name: 'agents', state: 'ok', message };
  }
  const message =
    `Sem agente no Chatwoot: ${without.join(', ')}. As indicações deles ficam com a equipe. Em Consultores, informe ` +
    'o e-mail que usam no Chatwoot ou escolha o agente.';
  return { name: 'agents', state: 'warning', message };
}

/** Without these the product hears of labels, of answers and of resolved conversations an hour late. */
const EVENTS = ['conversation_updated', 'conversation_status_changed', 'message_created'] as const;

const LATE = 'etiquetas e respostas dos agentes só são vistas de hora em hora';

function webhookCheck({ webhooks }: ChatwootAccount, connection: ChatwootStored): Check {
  const webhook = (state: Check['state'], message: string): Check => ({ name: 'webhook', state, message });
  if (webhooks === null) {
    const message =
      'Este token não pode ver os webhooks da conta, por não ser de um administrador. Use o token de um ' +
      'administrador, ou confira no Chatwoot, em Configurações → Integrações → Webhooks, se o do Lead Flow está lá.';
    return webhook('warning', message);
  }
  const ours = webhooks.find(({ url }) => isOurs(url, 'chatwoot', connection.webhookKeyHash));
  if (!ours) {
    const message =
      `O webhook do Lead Flow não está no Chatwoot: ${LATE}. Cadastre-o em Configurações → Integrações → Webhooks, ` +
      `com o endereço que foi mostrado quando a conexão foi feita e os eventos ${EVENTS.join(', ')}.`;
    return webhook('warning', message);
  }
  const missing = EVENTS.filter((event) => !ours.subscriptions.includes(event));
  if (missing.length > 0) {
    const message = `O webhook não avisa de ${missing.join(', ')}: ${LATE}. Marque esses eventos no webhook, no Chatwoot.`;
    return webhook('failed', message);
  }
  const { webhookSecret } = connection;
  if (webhookSecret !== null && ours.secret !== null && ours.secret !== webhookSecret) {
    const message =
      'O Chatwoot assina o webhook com outro segredo, e o Lead Flow recusa o que ele envia. Copie o segredo do webhook, ' +
      'no Chatwoot, para webhook_secret.';
    return webhook('failed', message);
  }
  if (webhookSecret === null && ours.secret !== null) {
    const message =
      'O webhook está no Chatwoot com todos os eventos, e é assinado, mas a assinatura não é conferida. Copie o segredo ' +
      'do webhook para webhook_secret.';
    return webhook('warning', message);
  }
  return webhook('ok', `O webhook do Lead Flow está no Chatwoot com todos os eventos (${hostOf(ours.url)}).`);
}

/** Whether an address that a provider calls is that of our webhook whose key has this hash. */
export function isOurs(url: string, kind: 'chatwoot' | 'whatsapp', keyHash: Buffer): boolean {
  const key = new RegExp(`/webhooks/${kind}/([^/?#]+)/?(?:[?#]|$)`).exec(url)?.[1];
  return key !== undefined && timingSafeEqual(createHash('sha256').update(key).digest(), keyHash);
}

/** Of an address whose path holds a key, what may be shown. */
export const hostOf = (url: string): string => URL.parse(url)?.origin ?? url;

/** What there is to choose from, as a sentence. */
function choice(there: readonly { id: number; name: string }[]): string {
  if (there.length === 0) return 'Não há nenhuma.';
  return `Há: ${there.map(({ id, name }) => `${id} "${name}"`).join(', ')}.`;
}
