/** What asks for attention: its name, what happened, and what to do about it. */
export type AttentionWords = { name: string; happened: string; remedy: string };

const ATTENTION: Readonly<Record<string, AttentionWords>> = {
  consultant_unknown: {
    name: 'Consultor desconhecido',
    happened: 'Ninguém com este nome ou e-mail está cadastrado como consultor. O lead está com a equipe.',
    remedy:
      'Cadastre a pessoa em Consultores, entregue a conversa a alguém no Chatwoot e depois marque como ciente.',
  },
  consultant_without_agent: {
    name: 'Consultor sem agente',
    happened: 'O consultor não é agente no Chatwoot. O lead está com a equipe.',
    remedy:
      'Em Consultores, ponha o e-mail que a pessoa usa no Chatwoot, entregue a conversa a ela e marque como ciente.',
  },
  chatwoot_unauthorized: {
    name: 'Chatwoot recusa o token',
    happened: 'O Chatwoot não aceita o token do Lead Flow. O lead espera.',
    remedy: 'Em Configurações, troque o token do Chatwoot. O lead segue sozinho.',
  },
  chatwoot_unavailable: {
    name: 'Chatwoot fora do ar',
    happened: 'O Chatwoot não respondeu várias vezes. O lead espera.',
    remedy: 'Veja se o Chatwoot está no ar. Assim que ele responder, o lead segue sozinho.',
  },
  chatwoot_refused: {
    name: 'Chatwoot recusou um passo',
    happened: 'O Chatwoot recusou um passo de vez. O lead seguiu sem ele.',
    remedy: 'Faça no Chatwoot o que falta na linha do tempo e marque como ciente.',
  },
  step_failing: {
    name: 'Passo falhando',
    happened: 'Um passo falha repetidamente; o Lead Flow continua tentando.',
    remedy: 'Abra o fluxo no Temporal: ele mostra o último erro.',
  },
  channel_paused: {
    name: 'Número pausado',
    happened: 'O número que envia está pausado. A mensagem espera.',
    remedy: 'Veja o motivo em Números e reative quando estiver resolvido. A mensagem sai sozinha.',
  },
  template_stopped: {
    name: 'Modelo parado',
    happened: 'A Meta parou o modelo de mensagem. A mensagem espera.',
    remedy: 'Corrija o modelo na Meta e depois reative o número em Números.',
  },
  weekly_limit: {
    name: 'Limite semanal',
    happened: 'A pessoa já recebeu o máximo de mensagens da semana. A mensagem espera.',
    remedy: 'Não é preciso fazer nada. Para enviar antes, aumente o limite em Configurações.',
  },
  send_unknown: {
    name: 'Envio desconhecido',
    happened: 'Não se sabe se a mensagem saiu: o WhatsApp não respondeu e o número está calado.',
    remedy: 'Pergunte à pessoa se recebeu a mensagem e diga aqui o que aconteceu.',
  },
  sent_twice: {
    name: 'Mensagem em dobro',
    happened: 'Uma mensagem dada como não enviada tinha saído: a pessoa recebeu duas.',
    remedy: 'Tenha isso em conta ao escrever e marque como ciente.',
  },
  send_failed: {
    name: 'Não foi entregue',
    happened: 'A mensagem não chegou. O motivo está na conversa.',
    remedy: 'Ligue ou escreva à mão, ou corrija o número e indique de novo. Depois marque como ciente.',
  },
  wants_to_talk: {
    name: 'Quer falar',
    happened: 'A pessoa tocou no botão que pede uma conversa.',
    remedy: 'Escreva ou ligue agora. O aviso some quando um agente escrever.',
  },
  phone_changed_hands: {
    name: 'Telefone de outra pessoa',
    happened: 'O número agora é de outra pessoa; nada mais é enviado a ele.',
    remedy: 'Pergunte o número novo e faça uma nova indicação.',
  },
  workflow_gone: {
    name: 'Fluxo parado',
    happened: 'O lead está aberto, mas o seu fluxo não está mais rodando.',
    remedy: 'Reinicie o fluxo no Temporal e marque como ciente.',
  },
};

/** The words for a code; one that is not known here is shown as it is. */
export function attentionWords(code: string): AttentionWords {
  return (
    ATTENTION[code] ?? {
      name: code,
      happened: `O lead pede atenção: ${code}.`,
      remedy: 'Veja a linha do tempo e, quando estiver resolvido, marque como ciente.',
    }
  );
}
