import {
  leadLine,
  leadLinks,
  leadList,
  leadPage,
  messageLine,
  referralLine,
  sendAttempt,
  timelineEntry,
} from '../../../contract/lead.ts';
import { described } from '../operation.ts';

const LINE = {
  id: 'Id do lead.',
  name: 'Nome da pessoa, o mais completo que se conhece.',
  phone: { description: 'E.164, com o nono dígito.', examples: ['+5511987654321'] },
  cnpj: { description: '14 caracteres, sem máscara.', examples: ['11222333000181'] },
  stage:
    'Em que ponto está: `main` (primeiro contato), `waiting` (aguarda o retrabalho), `rework` (em retrabalho), `closed` (encerrado).',
  outcome:
    'Por que encerrou: `converted`, `not_converted`, `opted_out` (descadastro), `no_whatsapp`, `erased` (dados apagados), `merged` (unido a outro lead). Nulo enquanto aberto.',
  column: 'A coluna do quadro em que aparece; nulo se unido a outro ou apagado.',
  origin: { description: 'De onde veio.', examples: ['api_oficial'] },
  status_indicacao: {
    description: 'O status da última indicação, pelo código da empresa.',
    examples: ['qualificado'],
  },
  consultant: 'O consultor da última indicação, como foi escrito.',
  consultant_known: 'Se é um consultor cadastrado.',
  attention: { description: 'O que pede atenção de alguém; nulo se nada.', examples: ['send_unknown'] },
  held: 'O que a mensagem à pessoa espera para sair; nulo se nada.',
  wake_at: 'Quando o retrabalho começa.',
  rework: 'O retrabalho até agora.',
  referral_count: 'Quantas indicações este lead reúne.',
  message_state: 'Até onde chegou a última mensagem enviada à pessoa; nulo se nenhuma.',
  replied_at: 'Quando a pessoa escreveu ou apertou um botão pela última vez.',
  chatwoot: 'Onde está no Chatwoot.',
  converted_at: 'Quando converteu.',
  created_at: 'Quando a primeira indicação chegou.',
  updated_at: 'Quando algo mudou pela última vez.',
  closed_at: 'Quando encerrou.',
  links: 'Onde está o resto.',
} as const;

/** Leads as lists, pages and the stream show them. */
export const LEAD_SCHEMAS = [
  described(leadLine, { name: 'Lead', description: 'Um lead, em uma linha.', fields: LINE }),
  described(leadLine.shape.rework, {
    name: 'LeadRework',
    fields: { count: 'Quantas vezes foi retrabalhado.', at: 'Quando foi retrabalhado pela última vez.' },
  }),
  described(leadLine.shape.held.unwrap(), {
    name: 'LeadHeld',
    description: 'O que a mensagem à pessoa espera para sair.',
    fields: {
      reason:
        '`channel_paused` (número pausado), `template_stopped` (template parado na Meta), `quiet_hours` (horário de silêncio), `weekly_limit` (limite de mensagens da semana).',
      since: 'Desde quando espera.',
      until: 'Quando segue; nulo se depende de alguém.',
    },
  }),
  described(leadLine.shape.chatwoot, {
    name: 'LeadInChatwoot',
    fields: {
      contact_id: 'O contato; nulo enquanto não há.',
      conversation_id: 'A conversa; nulo enquanto não há.',
    },
  }),
  described(leadLinks, {
    name: 'LeadLinks',
    fields: {
      lead: 'O lead, nesta API.',
      workflow: 'A página do lead no Temporal.',
      conversation: 'A conversa no Chatwoot; nulo enquanto não há.',
    },
  }),
  described(leadList, {
    name: 'LeadList',
    description: 'Uma página de leads, do mais novo ao mais antigo.',
    fields: { leads: 'Os leads desta página.', next_cursor: 'O `cursor` da próxima; nulo no fim.' },
  }),
  described(leadPage, {
    name: 'LeadPage',
    description: 'Um lead com tudo o que aconteceu.',
    fields: {
      ...LINE,
      email: 'E-mail da pessoa.',
      merged_into: 'O lead que continua no lugar deste, quando duas pessoas eram uma só.',
      merged_leads: 'Os leads que este continua.',
      window_until:
        'Até quando o WhatsApp aceita texto livre (24 h desde o que a pessoa escreveu); nulo se fechada.',
      cost: 'Soma do custo das mensagens, em R$.',
      referrals: 'As indicações, cada uma como chegou.',
      messages: 'As mensagens, da mais antiga à mais nova.',
      timeline: 'Tudo o que aconteceu, em ordem.',
    },
  }),
  described(referralLine, {
    name: 'Referral',
    description: 'Uma indicação, como chegou.',
    fields: {
      id: 'Id da indicação.',
      number: 'Qual das indicações do lead, a partir de 1.',
      origin: 'De onde veio.',
      name: 'O nome, como foi escrito.',
      phone: { description: 'E.164, com o nono dígito.', examples: ['+5511987654321'] },
      cnpj: '14 caracteres, sem máscara.',
      email: 'O e-mail.',
      notes: 'As observações.',
      status_indicacao: 'O status, pelo código da empresa.',
      consultant: 'O consultor, como foi escrito.',
      created_at: 'Quando chegou.',
    },
  }),
  described(messageLine, {
    name: 'Message',
    description: 'Uma mensagem, enviada ou recebida.',
    fields: {
      id: 'Id da mensagem.',
      referral_id: 'A indicação que a causou.',
      direction: '`out`: enviada à pessoa; `in`: escrita por ela.',
      stage: 'Do primeiro contato ou do retrabalho.',
      kind: { description: 'O que é.', examples: ['template', 'text', 'button'] },
      template: 'O template, nas enviadas.',
      body: 'O texto.',
      button_payload: 'O que o botão apertado leva.',
      wamid: 'O id no WhatsApp.',
      state: 'Até onde chegou: na fila, enviada, entregue, lida, falhou; `received` nas recebidas.',
      sent_at: 'Quando saiu.',
      delivered_at: 'Quando foi entregue.',
      read_at: 'Quando foi lida.',
      failed_at: 'Quando falhou.',
      error_code: 'O código de erro do WhatsApp.',
      error_text: 'O erro, nas palavras do WhatsApp.',
      pricing: 'O que o WhatsApp disse da cobrança (`billable`, `category`, `pricing_model`).',
      cost: 'Estimado pela tabela de preços da empresa, em R$; nulo até o WhatsApp dizer a cobrança.',
      created_at: 'Quando foi registrada.',
      attempts: 'As tentativas de envio.',
    },
  }),
  described(sendAttempt, {
    name: 'SendAttempt',
    description: 'Uma tentativa de envio: no máximo uma chamada ao WhatsApp.',
    fields: {
      id: 'Id da tentativa, para `POST /v1/send-attempts/{id}/decision`.',
      try: 'Qual das tentativas, a partir de 1.',
      state: '`begun`: ninguém sabe ainda; `accepted`: saiu; `refused`: recusada; `not_sent`: não saiu.',
      error_class: 'O tipo do erro.',
      error_code: 'O código de erro do WhatsApp.',
      settled_by: {
        description: 'Quem resolveu a dúvida, quando houve.',
        examples: ['status', 'silence', 'person'],
      },
      begun_at: 'Quando começou.',
      ended_at: 'Quando se soube o que houve.',
    },
  }),
  described(timelineEntry, {
    name: 'TimelineEntry',
    description: 'Algo que aconteceu com o lead.',
    fields: {
      kind: { description: 'O que aconteceu.', examples: ['received', 'template_sent', 'asleep'] },
      stage: 'No primeiro contato ou no retrabalho.',
      referral_id: 'A indicação de que se trata.',
      detail: 'O que se sabe além disso; depende de `kind`.',
      at: 'Quando.',
    },
  }),
];
