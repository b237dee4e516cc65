import type { LeadLine } from '../../src/contract/lead.ts';
import { outcomeName } from '../../src/domain/lead.ts';
import type { Hold, HoldReason, Outgoing } from '../outbox/outgoing.ts';

/** What hinders sending at present and what to do: words, and whether the options are where to do it. */
export type HoldWords = { text: string; inOptions: boolean };

/** Why the queue waits; null where nothing waits or nothing hinders it. */
export function holdWords(hold: Hold | null, waiting: number): HoldWords | null {
  if (!hold || waiting === 0) return null;
  const [why, remedy, inOptions] = HOLDS[hold.reason];
  const kept =
    waiting === 1
      ? 'A indicação está guardada na fila.'
      : `As ${waiting} indicações estão guardadas na fila.`;
  return { text: `${why} ${kept} ${remedy}`, inOptions };
}

/** Why the next referral would have to wait; null where nothing is known to hinder it. */
export function troubleWords(trouble: HoldReason | null): HoldWords | null {
  if (!trouble) return null;
  const [why, remedy, inOptions] = HOLDS[trouble];
  return {
    text: `${why} ${inOptions ? remedy : 'Pode indicar: o envio é feito depois, sozinho.'}`,
    inOptions,
  };
}

const HOLDS: Readonly<Record<Hold['reason'], readonly [string, string, boolean]>> = {
  not_connected: ['O Lead Flow ainda não foi conectado.', 'Informe o servidor e a chave nas opções.', true],
  no_permission: [
    'O Chrome não deixa mais falar com o servidor.',
    'Abra as opções e salve a conexão de novo para permitir.',
    true,
  ],
  offline: ['O servidor não responde.', 'Assim que a conexão voltar, o envio é feito sozinho.', false],
  server_failing: ['O servidor está com um problema.', 'O envio é tentado de novo sozinho.', false],
  busy: ['O servidor pediu para esperar.', 'O envio é tentado de novo sozinho.', false],
  key_refused: [
    'A chave foi recusada: não existe ou foi revogada.',
    'Peça outra a quem administra o Lead Flow e informe-a nas opções.',
    true,
  ],
  wrong_server: [
    'O endereço respondeu, mas não como o Lead Flow.',
    'Confira o endereço do servidor nas opções; em rede com tela de login, entre nela primeiro.',
    true,
  ],
  not_ready: [
    'O Lead Flow ainda não tem um fluxo para receber indicações.',
    'Avise quem o administra; o envio é feito depois, sozinho.',
    false,
  ],
};

/** What became of a referral, in one line. */
export function outgoingWords({ state, refusal, receipt, lead }: Outgoing): string {
  if (state === 'waiting') return 'Na fila';
  if (state === 'refused')
    return refusal?.errors.map(({ message }) => message).join(' ') || refusal?.title || 'Recusada';
  if (receipt?.status === 'opted_out') return 'Esta pessoa pediu descadastro: nada será enviado a ela.';
  if (lead?.outcome) return `Lead encerrado: ${outcomeName(lead.outcome).toLowerCase()}.`;
  if (lead?.attention) return attentionWords(lead);
  if (lead?.held) return heldWords(lead.held);
  if (!receipt) return 'O servidor já tinha recebido esta indicação.';
  if (receipt.status === 'joined') return 'Já havia um lead aberto: a indicação foi somada a ele.';
  return lead ? '' : 'Recebida.';
}

function attentionWords({ attention }: LeadLine): string {
  return ATTENTION[attention ?? ''] ?? 'Este lead precisa da atenção do supervisor.';
}

function heldWords({ reason, until }: NonNullable<LeadLine['held']>): string {
  if (reason !== 'quiet_hours') return ATTENTION[reason] ?? 'A mensagem espera e sai sozinha.';
  const time = until && new Date(until).toLocaleTimeString('pt-BR', { hour: '2-digit', minute: '2-digit' });
  return `É horário de silêncio: a mensagem sai ${time ? `às ${time}` : 'depois'}.`;
}

const ATTENTION: Readonly<Record<string, string>> = {
  consultant_unknown: 'O consultor não está cadastrado: a conversa ficou com a equipe.',
  consultant_without_agent: 'O consultor não é agente no Chatwoot: a conversa ficou com a equipe.',
  chatwoot_unauthorized: 'O Chatwoot recusa o acesso; o lead espera. Avise o supervisor.',
  chatwoot_unavailable: 'O Chatwoot não responde; o lead espera e segue sozinho.',
  channel_paused: 'O número está pausado; a mensagem sai quando ele voltar.',
  template_stopped: 'A Meta pausou o template; a mensagem espera. Avise o supervisor.',
  weekly_limit: 'A pessoa já recebeu o máximo de mensagens da semana; esta espera.',
  send_unknown: 'Não se sabe se a mensagem saiu. Pergunte à pessoa e avise o supervisor.',
  send_failed: 'A mensagem não chegou. Confira o número e, se estiver errado, indique de novo.',
  wants_to_talk: 'A pessoa pediu para falar com você.',
  phone_changed_hands: 'Este número agora é de outra pessoa. Peça o número novo e indique de novo.',
};
