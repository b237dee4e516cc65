import { chatwoot, chatwootDirectory, check, connectionTest } from '../../../contract/connection.ts';
import { chatwootChange, chatwootTrial } from '../../chatwoot.ts';
import type { ProblemCode } from '../../problems.ts';
import { described, type JsonSchema, type Subject } from '../operation.ts';

const GIVEN = {
  url: { description: 'O endereço do Chatwoot.', examples: ['https://chatwoot.exemplo.com.br'] },
  account_id: 'O número da conta.',
  token: 'O token de acesso de um administrador. Obrigatório com outro endereço ou outra conta.',
  team_id: 'A equipe que recebe o que não tem consultor; nulo: nenhuma.',
  webhook_secret: 'O segredo do webhook, como o Chatwoot o mostra; nulo: não conferir assinaturas.',
};

const FAULTS: readonly ProblemCode[] = ['no_chatwoot', 'chatwoot_refused', 'chatwoot_unavailable'];

/** Something must be changed. */
function atLeastOne(made: JsonSchema): void {
  made.minProperties = 1;
}

const { agents, teams, inboxes } = chatwootDirectory.shape;

export const chatwoots: Subject = {
  name: 'Chatwoot',
  description: 'A conexão com o Chatwoot da empresa.',
  schemas: [
    described(chatwoot, {
      name: 'Chatwoot',
      description: 'A conexão; segredos nunca voltam.',
      fields: {
        url: 'O endereço.',
        account_id: 'O número da conta.',
        team_id: GIVEN.team_id,
        has_webhook_secret: 'Se há um segredo, com que as assinaturas são conferidas.',
      },
    }),
    described(chatwootChange, { name: 'ChatwootChange', fields: GIVEN, mend: atLeastOne }),
    // The change is this with a check, so a name would make the one a reference to the other.
    described(chatwootTrial, { fields: GIVEN }),
    described(connectionTest, {
      name: 'ConnectionTest',
      fields: { ok: 'Se nada falhou.', checks: 'O que foi conferido.' },
    }),
    described(check, {
      name: 'ConnectionCheck',
      fields: {
        name: 'O que foi conferido.',
        state: '`warning`: funciona, mas convém olhar.',
        message: 'O que se viu e o que fazer, em português.',
      },
    }),
    described(chatwootDirectory, {
      name: 'ChatwootDirectory',
      fields: { agents: 'Os agentes.', teams: 'As equipes.', inboxes: 'As caixas de entrada.' },
    }),
    described(agents.element, {
      fields: {
        id: 'Id do agente.',
        name: 'O nome.',
        email: 'O e-mail.',
        availability: { description: 'Se está disponível.', examples: ['online', 'busy', 'offline'] },
      },
    }),
    described(teams.element, { fields: { id: 'Id da equipe.', name: 'O nome.' } }),
    described(inboxes.element, {
      fields: { id: 'Id da caixa de entrada.', name: 'O nome.', channel_type: 'O tipo do canal.' },
    }),
  ],
  operations: [
    {
      id: 'readChatwoot',
      method: 'get',
      path: '/v1/chatwoot',
      summary: 'Lê a conexão',
      answers: { 200: { description: 'A conexão.', schema: chatwoot } },
      problems: ['no_chatwoot'],
    },
    {
      id: 'changeChatwoot',
      method: 'patch',
      path: '/v1/chatwoot',
      summary: 'Muda a conexão',
      description:
        'Leads que esperavam por isso seguem sozinhos. Outro endereço ou outra conta são conferidos antes de gravar.',
      body: { schema: chatwootChange, examples: { 'Outro token': { token: 'TOKEN-DE-ACESSO' } } },
      answers: { 200: { description: 'A conexão, como ficou.', schema: chatwoot } },
      problems: FAULTS,
    },
    {
      id: 'testChatwoot',
      method: 'post',
      path: '/v1/chatwoot/test',
      summary: 'Testa a conexão',
      description: 'Como está gravada, ou com o que vier no corpo. Nada é gravado.',
      body: {
        schema: chatwootTrial,
        optional: true,
        examples: { 'Outro token': { token: 'TOKEN-DE-ACESSO' } },
      },
      answers: { 200: { description: 'O que se viu.', schema: connectionTest } },
      problems: ['no_chatwoot'],
    },
    {
      id: 'readChatwootDirectory',
      method: 'get',
      path: '/v1/chatwoot/directory',
      summary: 'Lista agentes, equipes e caixas de entrada',
      answers: { 200: { description: 'O que há para escolher.', schema: chatwootDirectory } },
      problems: FAULTS,
    },
  ],
};
