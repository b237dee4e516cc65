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
