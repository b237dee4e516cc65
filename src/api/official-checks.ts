import { faultOf, tryNumber, type WhatsAppFault } from '../connections/whatsapp-trial.ts';
import type { Channel } from '../db/channels.ts';
import type { StageTemplate } from '../db/flows.ts';
import type { OpenedNumber } from '../db/official-channels.ts';
import {
  describeToken,
  getCallbacks,
  listSubscribedApps,
  listTemplates,
  type PhoneNumber,
  type SubscribedApp,
  type Template,
  type TokenDescription,
} from '../providers/whatsapp/client.ts';
import { type Check, hostOf, isOurs } from './chatwoot-words.ts';
import { templateFaults } from './template-words.ts';
import { faultWords } from './whatsapp-words.ts';

type Connection = OpenedNumber & { timeoutMs: number };

/** Tries a number of the official API: number, token, webhook subscription, and the templates that flows use of it. */
export async function officialChecks(
  connection: Connection,
  channel: Channel,
  used: readonly StageTemplate[],
): Promise<Check[]> {
  const { wabaId } = connection;
  const [found, token, callbacks, apps, templates] = await Promise.all([
    tryNumber(connection),
    orFault(describeToken(connection)),
    orFault(getCallbacks(connection)),
    wabaId === null ? null : orFault(listSubscribedApps(connection, wabaId)),
    wabaId === null ? null : orFault(listTemplates(connection, wabaId)),
  ]);
  if (found.fault !== null) {
    const { field, message } = faultWords(found, { number: connection.phoneNumberId });
    const name = field === 'token' ? 'token' : field === 'base_url' ? 'address' : 'number';
    return [{ name, state: 'failed', message }];
  }
  return [
    numberCheck(found.number),
    qualityCheck(found.number),
    tokenCheck(token),
    webhookCheck(connection, token, callbacks, apps),
    ...templateChecks(channel, used, wabaId, templates),
  ];
}

function isFault<Answer>(answer: Answer | WhatsAppFault): answer is WhatsAppFault {
  return typeof answer === 'object' && answer !== null && 'fault' in answer;
}

const orFault = <Answer>(asking: Promise<Answer>): Promise<Answer | WhatsAppFault> => asking.catch(faultOf);

function numberCheck({ displayPhoneNumber, verifiedName, status, id }: PhoneNumber): Check {
  const number = [displayPhoneNumber ?? id, verifiedName && `"${verifiedName}"`].filter(Boolean).join(' ');
  if (status === null || status === 'CONNECTED') {
    return {
      name: 'number',
      state: 'ok',
      message: `A Meta conhece o número ${number}, e ele está conectado.`,
    };
  }
  const message =
    `O número ${number} está no estado ${status} na Meta, e mensagens podem não sair. Veja o motivo no Gerenciador do ` +
    'WhatsApp, em Números de telefone.';
  return { name: 'number', state: status === 'FLAGGED' ? 'warning' : 'failed', message };
}

function qualityCheck({ qualityRating, messagingLimit }: PhoneNumber): Check {
  const limit = messagingLimit ? ` Limite de pessoas novas por dia: ${limitWords(messagingLimit)}.` : '';
  switch (qualityRating) {
    case 'RED': {
      const message = `A qualidade do número é baixa: muita gente bloqueia ou denuncia. Escreva a menos pessoas e reveja os modelos.${limit}`;
      return { name: 'quality', state: 'failed', message };
    }
    case 'YELLOW': {
      const message = `A qualidade do número é média. Reveja os modelos antes que a Meta reduza o limite.${limit}`;
      return { name: 'quality', state: 'warning', message };
    }
    case 'GREEN':
      return { name: 'quality', state: 'ok', message: `A qualidade do número é alta.${limit}` };
    default:
      return {
        name: 'quality',
        state: 'ok',
        message: `A Meta ainda não avaliou a qualidade do número.${limit}`,
      };
  }
}

/** `TIER_10K` as `10 mil`. */
function limitWords(limit: string): string {
  const tier = limit.replace(/^TIER_/, '');
  return tier === 'UNLIMITED' ? 'ilimitado' : tier.replace(/K$/, ' mil');
}

const SENDS = 'whatsapp_business_messaging';
const MANAGES = 'whatsapp_business_management';
const NEW_TOKEN =
  'Gere outro para o usuário do sistema, no Gerenciador de Negócios da Meta, e informe-o em token.';

function tokenCheck(token: TokenDescription | WhatsAppFault): Check {
  if (isFault(token)) {
    const message = `O token foi aceito, mas a Meta não disse o que ele pode (${token.how || token.message}). Confira se tem ${SENDS} e ${MANAGES}.`;
    return { name: 'token', state: 'warning', message };
  }
  const missing = [SENDS, MANAGES].filter((scope) => !token.scopes.includes(scope));
  if (!token.valid || missing.length > 0) {
    const what = token.valid
      ? `Falta ao token a permissão ${missing.join(' e ')}.`
      : 'A Meta diz que o token não vale mais.';
    return { name: 'token', state: 'failed', message: `${what} ${NEW_TOKEN}` };
  }
  if (token.expiresAt) {
    const day = token.expiresAt.toISOString().slice(0, 10).split('-').reverse().join('/');
    const message = `O token vale só até ${day}: depois disso nada mais sai. Gere um permanente, de um usuário do sistema.`;
    return { name: 'token', state: 'warning', message };
  }
  return { name: 'token', state: 'ok', message: 'O token é permanente e tem as permissões necessárias.' };
}

function webhookCheck(
  { webhookKeyHash }: Connection,
  token: TokenDescription | WhatsAppFault,
  callbacks: string[] | WhatsAppFault,
  apps: SubscribedApp[] | WhatsAppFault | null,
): Check {
  const webhook = (state: Check['state'], message: string): Check => ({ name: 'webhook', state, message });
  if (apps === null) return webhook('warning', `${NO_ACCOUNT} Sem ele não se sabe se a Meta avisa o app.`);
  if (isFault(apps)) {
    return webhook('failed', faultWords(apps, { account: true }).message);
  }
  const appId = isFault(token) ? null : token.appId;
  const names = apps.map(({ id, name }) => name ?? id).join(', ');
  if (apps.length === 0 || (appId !== null && !apps.some(({ id }) => id === appId))) {
    const others = apps.length > 0 ? ` Inscritos: ${names}.` : '';
    const message =
      `O app deste token não está inscrito na conta do WhatsApp Business: entregas, leituras e respostas não chegam.${others} ` +
      'Inscreva-o (POST /ID_DA_CONTA/subscribed_apps na API da Meta, ou no app, em WhatsApp → Configuração).';
    return webhook('failed', message);
  }
  const [callback] = isFault(callbacks) ? [] : callbacks;
  if (callback === undefined) {
    const message =
      `O app está inscrito (${names}), mas a Meta não disse que endereço ele chama. Confira no app, em WhatsApp → ` +
      'Configuração, se é o que foi mostrado quando o número foi cadastrado, com o campo messages assinado.';
    return webhook('warning', message);
  }
  if (!isOurs(callback, 'whatsapp', webhookKeyHash)) {
    const message =
      `O app está inscrito, mas chama ${hostOf(callback)} por este número, não o endereço do Lead Flow. Ponha no app, em ` +
      'WhatsApp → Configuração, o endereço que foi mostrado quando o número foi cadastrado; ou, se outro sistema recebe ' +
      'e repassa, ignore este aviso.';
    return webhook('warning', message);
  }
  return webhook('ok', `O app está inscrito (${names}) e chama o Lead Flow em ${hostOf(callback)}.`);
}

const NO_ACCOUNT = 'O id da conta do WhatsApp Business deste número não é conhecido.';

function templateChecks(
  channel: Channel,
  used: readonly StageTemplate[],
  wabaId: string | null,
  templates: Template[] | WhatsAppFault | null,
): Check[] {
  const check = (state: Check['state'], message: string): Check => ({ name: 'template', state, message });
  if (used.length === 0) return [check('warning', 'Nenhum fluxo usa este número. Escolha-o em um fluxo.')];
  if (wabaId === null || templates === null) {
    return [check('warning', `${NO_ACCOUNT} Sem ele os modelos não podem ser lidos.`)];
  }
  if (isFault(templates)) return [check('failed', faultWords(templates, { account: true }).message)];
  return used.map((stage) => {
    const faults = templateFaults(stage, templates, channel.name);
    const words = faults.map(({ message }) => message).join(' ');
    if (words) return check('failed', `${words} Corrija-o no fluxo ou na Meta.`);
    return check(
      'ok',
      `O modelo "${stage.template}" (${stage.language}) está aprovado, com {{1}} e ${stage.buttons.length} botões, como o fluxo espera.`,
    );
  });
}
