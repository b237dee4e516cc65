import type { MessageLine } from '../../src/contract/lead.ts';

/** How far a message came, in a word. */
export const MESSAGE_STATES: Readonly<Record<MessageLine['state'], string>> = {
  queued: 'Na fila',
  sent: 'Enviada',
  delivered: 'Entregue',
  read: 'Lida',
  failed: 'Não entregue',
  received: 'Recebida',
};

const REFUSALS: Readonly<Record<number, string>> = {
  190: 'O token do número expirou ou foi revogado.',
  368: 'A Meta restringiu a conta por violar uma política.',
  131026: 'O número não tem WhatsApp ou não pode receber a mensagem.',
  131031: 'A conta do WhatsApp está bloqueada.',
  131047: 'A janela de 24 h está fechada: só um modelo pode ser enviado.',
  131048: 'A Meta limitou o número por suspeita de spam.',
  131049: 'A Meta segurou a mensagem para não cansar a pessoa. Não é culpa do número.',
  131050: 'A pessoa desligou mensagens de marketing no WhatsApp.',
  131053: 'O arquivo não pôde ser enviado.',
  132000: 'O modelo pede outra quantidade de campos.',
  132001: 'O modelo não existe neste idioma.',
  132012: 'Os campos do modelo têm outro formato.',
  132015: 'O modelo está pausado pela Meta.',
  132016: 'O modelo foi desativado pela Meta.',
};

/** Why WhatsApp turned a message down, by Meta's code; else its own words. */
export function refusalWords(code: number | null, text?: string | null): string {
  const known = code === null ? undefined : REFUSALS[code];
  const words = known ?? text ?? 'O WhatsApp recusou a mensagem.';
  return code === null ? words : `${words} (código ${code})`;
}

const WHY_NOT_SENT: Readonly<Record<string, string>> = {
  closed: 'o lead já estava encerrado',
  opted_out: 'a pessoa pediu descadastro',
  converted: 'o lead já tinha convertido',
  phone_changed_hands: 'o telefone é de outra pessoa agora',
  not_qualified: 'o status não é qualificado',
  recently_sent: 'a pessoa recebeu um modelo há pouco',
  channel_paused: 'o número está pausado',
  template_stopped: 'o modelo está parado pela Meta',
  quiet_hours: 'é horário de silêncio',
  weekly_limit: 'a pessoa atingiu o limite da semana',
};

/** Why a message was not sent, or waits. */
export const whyNotSent = (reason: string): string => WHY_NOT_SENT[reason] ?? reason;

const KINDS: Readonly<Record<string, string>> = {
  image: 'Foto',
  video: 'Vídeo',
  audio: 'Áudio',
  voice: 'Áudio',
  document: 'Documento',
  sticker: 'Figurinha',
  location: 'Localização',
  contacts: 'Contato',
  reaction: 'Reação',
  edit: 'Mensagem editada',
  revoke: 'Mensagem apagada',
  order: 'Pedido',
};

/** What a message without words of its own is: a photo, a voice message … */
export const messageKind = (kind: string): string => KINDS[kind] ?? 'Mensagem sem texto';
