import { z } from 'zod';
import { streamHello, streamMessage } from '../../../contract/stream.ts';
import { described, type Subject } from '../operation.ts';

const CURSOR = 'De onde continuar; opaco.';
const [ready, resync, leadUpdated, changed, alive] = streamMessage.options;

export const stream: Subject = {
  name: 'Ao vivo',
  description: 'O que muda, no momento em que muda.',
  schemas: [
    described(ready, {
      name: 'StreamReady',
      fields: { type: 'Aceito; nada se perdeu.', cursor: CURSOR },
    }),
    described(resync, {
      name: 'StreamResync',
      fields: {
        type: 'O cursor é velho demais, ou mudou coisa demais de uma vez: leia de novo o que mostra e siga daqui.',
        cursor: CURSOR,
      },
    }),
    described(leadUpdated, {
      name: 'StreamLeadUpdated',
      fields: {
        type: 'Leads mudaram.',
        cursor: CURSOR,
        leads: 'Como estão agora, cada um no máximo uma vez; até 100.',
      },
    }),
    described(changed, {
      name: 'StreamChanged',
      fields: { type: 'Outra coisa mudou: leia de novo.', cursor: CURSOR, of: 'O que mudou.' },
    }),
    described(alive, {
      name: 'StreamAlive',
      fields: { type: 'Nada de novo; vem a cada 25 segundos.', cursor: CURSOR },
    }),
  ],
  unasked: [
    described(streamHello, {
      name: 'StreamHello',
      description: 'O que se diz primeiro.',
      fields: {
        type: 'Sempre `hello`.',
        key: 'A chave da API; sem ela vale a sessão do painel.',
        cursor:
          'O último `cursor` recebido: o que mudou desde então vem primeiro. Sem ele, a partir de agora.',
        leads: 'Só o que é destes leads; sem ela, de todos.',
      },
    }),
  ],
  operations: [
    {
      id: 'openStream',
      method: 'get',
      path: '/v1/stream',
      summary: 'Abre o canal ao vivo (WebSocket)',
      description: [
        'Um WebSocket com textos JSON. Em até 5 segundos envie um `StreamHello`, com a chave dentro dele; a resposta é `ready` ou `resync`, e daí em diante vem o que mudar, em menos de um segundo. Guarde o `cursor` mais novo: depois de uma queda, ele vai no próximo `hello` e nada se perde.',
        'O servidor fecha com 4401 (chave ou sessão que não vale, ou deixou de valer), 4400 (não veio um `hello`) ou 4408 (a página não lê o que recebe).',
      ].join('\n\n'),
      open: true,
      answers: {
        101: {
          description: 'Daqui em diante, cada texto é um destes.',
          schema: z.discriminatedUnion('type', [...streamMessage.options]),
        },
      },
    },
  ],
};
