import type { EventLine } from '../../../src/contract/listings.ts';

/** Who sent a webhook. */
export const SOURCES: Record<EventLine['source'], string> = {
  whatsapp: 'WhatsApp',
  chatwoot: 'Chatwoot',
  evolution: 'Evolution',
};

/** Where an event stands. */
export const STATES = {
  dead: { name: 'falhou', color: 'red' },
  pending: { name: 'na fila', color: 'yellow' },
  applied: { name: 'aplicado', color: 'verde' },
} as const;

const KINDS: Readonly<Record<string, string>> = {
  message: 'mensagem',
  status: 'status de mensagem',
  preference: 'preferência de marketing',
  template: 'modelo',
  account: 'conta do WhatsApp',
  number: 'número',
  refused: 'entrega recusada',
  relay_dead: 'repasse que não chegou',
  message_created: 'mensagem no Chatwoot',
  message_updated: 'mensagem alterada no Chatwoot',
  conversation_created: 'conversa aberta',
  conversation_updated: 'conversa alterada',
  conversation_status_changed: 'conversa mudou de situação',
  contact_created: 'contato criado',
  contact_updated: 'contato alterado',
  connection: 'conexão da instância',
  contacts: 'contatos',
  edited: 'mensagem editada',
  deleted: 'mensagem apagada',
  other_account: 'outra conta do Chatwoot',
  ignored: 'sem interesse',
};

const OUTCOMES: Readonly<Record<string, string>> = {
  updated: 'situação atualizada',
  replied: 'resposta anotada',
  reacted: 'reação anotada',
  opted_out: 'descadastro',
  converted: 'conversão',
  not_interested: 'sem interesse: lead encerrado',
  wants_to_talk: 'quer falar: consultor chamado',
  agent_wrote: 'um agente escreveu',
  no_lead: 'de ninguém que tenha lead',
  kept: 'guardado, sem efeito',
  known: 'já era conhecido',
  overtaken: 'algo mais novo já era conhecido',
  ours: 'do próprio Lead Flow',
  own_message: 'escrita no próprio aparelho',
  unknown_message: 'de uma mensagem que não é daqui',
  unknown_account: 'de uma conta que não é daqui',
  unknown_instance: 'de uma instância que não é daqui',
  other_account: 'de outra conta do Chatwoot',
  number_changed: 'a pessoa mudou de número',
  linked: 'identidades unidas',
  passed_on: 'repassado',
  expired: 'não repassado: o prazo acabou',
  refused: 'recusado',
  ignored: 'sem interesse',
  not_campaign: 'de nenhuma campanha',
  contact_not_found: 'de ninguém conhecido',
};

/** What came in, in words; what has none stays as the sender calls it. */
export const kindName = (kind: string): string => KINDS[kind] ?? kind;

/** What came of it, in words. */
export const outcomeWords = (outcome: string): string => OUTCOMES[outcome] ?? outcome;
