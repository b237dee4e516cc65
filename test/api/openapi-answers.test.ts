import type { z } from 'zod';
import { FIELD_CODES, problemsOf } from '../../src/api/openapi/problem-answers.ts';
import { SUBJECTS } from '../../src/api/openapi/subjects.ts';
import { problem } from '../../src/contract/listings.ts';
import { syncTemplates } from '../../src/db/templates.ts';
import { signChatwoot, signMeta } from '../../src/domain/signature.ts';
import { closeHttp } from '../../src/providers/http.ts';
import { closeLead } from '../harness/leads.ts';
import { type Answer, type Product, startProduct, until } from '../harness/product.ts';
import { inStage } from '../harness/sandbox-views.ts';
import { beginSend } from '../harness/sends.ts';
import { asPage, type Session, signIn } from '../harness/signing-in.ts';
import { addGateway, envelope, type Gateway, jid, wrote } from '../inbox/evolution-gateway.ts';
import { change, conversation, text } from '../inbox/webhooks.ts';
import { type FakeProvider, startProvider } from '../providers/http-server.ts';

const NOBODY = '0198c1e8-0000-7000-8000-000000000000';
const operations = new Map(SUBJECTS.flatMap((subject) => subject.operations).map((one) => [one.id, one]));

/** The sign-in library answers these, with more than is promised. */
const MORE = ['signIn', 'changePassword'];

let product: Product;
let far: FakeProvider;
let gateway: Gateway;
let leadId: string;
let page: Session;
let gatewayStatus = 200;

beforeAll(async () => {
  product = await startProduct();
  far = await startProvider((request, response) => {
    const open = { instance: { instanceName: 'x', state: 'open' } };
    response.writeHead(gatewayStatus, { 'content-type': 'application/json' });
    response.end(JSON.stringify(request.method === 'GET' ? open : {}));
  });
  gateway = await addGateway(product, { base_url: far.url });
  page = await signIn(product);
  leadId = await referred();
  await inStage(product, leadId, 'waiting');
  await until(async () => (await get('/v1/events')).body.events.length > 0);
});
afterAll(async () => {
  await product.stop();
  await far.close();
  await closeHttp();
});

const call: Product['call'] = (...given) => product.call(...given);
const get = (path: string) => call('GET', path);
const referred = async (over: object = {}): Promise<string> => (await product.refer({ ...over })).lead_id;
const channelId = async () => (await get('/v1/channels')).body.channels[0].id as string;
const eventId = async () => {
  const applied = async () => (await get('/v1/events?state=applied&limit=1')).body.events[0];
  return (await until(applied)).id as number;
};
/** A request to an address, as somebody without a key sends it. */
const raw = (url: string, body?: unknown, headers: Record<string, string> = {}) =>
  call(body === undefined ? 'GET' : 'POST', url.replace(product.url, ''), body, {
    authorization: '',
    ...headers,
  });
const fromMeta = (body: unknown) =>
  raw(product.webhooks.whatsapp, body, {
    'x-hub-signature-256': signMeta(Buffer.from(JSON.stringify(body)), product.sandbox.whatsapp.appSecret),
  });
const fromChatwoot = (body: unknown) => {
  const stamp = String(Math.floor(Date.now() / 1000));
  const { webhookSecret } = product.sandbox.chatwoot;
  return raw(product.webhooks.chatwoot, body, {
    'x-chatwoot-timestamp': stamp,
    'x-chatwoot-signature': signChatwoot(Buffer.from(JSON.stringify(body)), stamp, webhookSecret),
  });
};
const fromGateway = () => envelope(gateway.instance, 'messages.upsert', wrote(jid('5511987650001'), 'oi'));
const withSecret = () => ({ 'x-webhook-secret': gateway.secret });

/** Makes each operation answer well, by its id and the status. */
const MADE: Record<string, () => Promise<Answer>> = {
  'referLead 202': () => call('POST', '/v1/leads', example('referLead', 'Tudo, em inglês')),
  'listLeads 200': () => get('/v1/leads?limit=2&attention=false&from=2026-01-01&text=Maria'),
  'readLead 200': () => get(`/v1/leads/${leadId}`),
  'changeLead 200': () => call('PATCH', `/v1/leads/${leadId}`, { referral_status: 'Em análise' }),
  'reworkLeadNow 202': async () => {
    const id = await referred();
    await inStage(product, id, 'waiting');
    return call('POST', `/v1/leads/${id}/rework-now`);
  },
  'optOutLead 202': async () => call('POST', `/v1/leads/${await referred()}/opt-out`),
  'clearLeadAttention 200': () => call('DELETE', `/v1/leads/${leadId}/attention`),
  'recordConversion 202': async () => call('POST', '/v1/conversions', { lead_id: await referred() }),
  'decideSendAttempt 202': async () => {
    await product.stopWorker();
    const { attemptId } = await beginSend(product, await referred());
    const answer = await call('POST', `/v1/send-attempts/${attemptId}/decision`, { decision: 'arrived' });
    await product.startWorker();
    return answer;
  },
  'exportLeads 200': () => get('/v1/leads.csv?open=true&phone=11987654321'),
  'importLeads 200': () =>
    call('POST', '/v1/leads/import?dry_run=true', `${example('importLeads', 'Uma linha')}x;1;;\n`, {
      'content-type': 'text/csv',
    }),
  'readBoard 200': () => get('/v1/board?limit=2'),
  'readOverview 200': async () => {
    const answer = await get('/v1/overview');
    expect(answer.body.consultants).not.toEqual([]);
    return answer;
  },
  'exportOverview 200': () => get('/v1/overview.csv?from=2026-01-01&until=2026-01-31'),
  'readMe 200': () => page.call('GET', '/v1/me'),
  'listApiKeys 200': () => get('/v1/api-keys'),
  'addApiKey 201': () => call('POST', '/v1/api-keys', example('addApiKey', 'Para um site')),
  'revokeApiKey 200': async () => {
    const { body } = await call('POST', '/v1/api-keys', { name: 'Outra' });
    return call('DELETE', `/v1/api-keys/${body.id}`);
  },
  'signIn 200': () => asPage(product)('POST', '/api/auth/sign-in/email', product.login),
  'signOut 200': async () => (await signIn(product)).call('POST', '/api/auth/sign-out', {}),
  'revokeSessions 200': async () => (await signIn(product)).call('POST', '/api/auth/revoke-sessions', {}),
  'revokeOtherSessions 200': async () => {
    page = await signIn(product);
    return page.call('POST', '/api/auth/revoke-other-sessions', {});
  },
  'changePassword 200': () => {
    const { password } = product.login;
    const change = { currentPassword: password, newPassword: password };
    return page.call('POST', '/api/auth/change-password', change);
  },
  'readChatwoot 200': () => get('/v1/chatwoot'),
  'testChatwoot 200': () => call('POST', '/v1/chatwoot/test'),
  'readChatwootDirectory 200': () => get('/v1/chatwoot/directory'),
  'listFlows 200': () => get('/v1/flows'),
  'changeFlow 200': async () => {
    const [flow] = (await get('/v1/flows')).body.flows;
    return call('PATCH', `/v1/flows/${flow.id}`, { rework: { buttons: flow.rework.buttons } });
  },
  'testChannel 200': async () => call('POST', `/v1/channels/${await cloudId()}/test`),
  'syncTemplates 200': async () => call('POST', '/v1/templates/sync', { channel_id: await cloudId() }),
  'readTestPhone 200': async () => {
    const answer = await get('/v1/test-phone');
    expect(answer.body.phones).not.toEqual([]);
    return answer;
  },
  'replyFromTestPhone 202': async () => {
    const [phone] = (await get('/v1/test-phone')).body.phones;
    return call('POST', '/v1/test-phone/replies', { wa_id: phone.wa_id, text: 'oi' });
  },
  'listConsultants 200': () => get('/v1/consultants'),
  'addConsultant 201': () => call('POST', '/v1/consultants', { nome: 'Ivo Reis', email: 'ivo@empresa.com' }),
  'addConsultant 200': () => call('POST', '/v1/consultants', { nome: 'Ivo Reis', email: 'ivo@empresa.com' }),
  'changeConsultant 200': async () => {
    const { body } = await call('POST', '/v1/consultants', { nome: 'Eva Reis' });
    return call('PATCH', `/v1/consultants/${body.id}`, example('changeConsultant', 'Outro e-mail'));
  },
  'listChannels 200': () => get('/v1/channels'),
  'addChannel 201': () => call('POST', '/v1/channels', example('addChannel', 'Instância da Evolution API')),
  'changeChannel 200': async () =>
    call('PATCH', `/v1/channels/${await channelId()}`, example('changeChannel', 'Retomar')),
  'registerChannelWebhook 200': () =>
    call('POST', `/v1/channels/${gateway.id}/webhook`, example('registerChannelWebhook', 'Este servidor')),
  'listTemplates 200': async () => {
    const id = await cloudId();
    const listed = { name: 'oi', language: 'pt_BR', category: 'UTILITY', status: 'APPROVED', quality: null };
    const components = [{ type: 'BODY', text: 'Olá, {{1}}!' }];
    await product.database.tenant(product.tenantId, (rows) =>
      syncTemplates(rows, id, [{ ...listed, components }], new Date()),
    );
    const answer = await get(`/v1/templates?channel_id=${id}`);
    expect(answer.body.templates).toContainEqual(expect.objectContaining({ name: 'oi', components }));
    return answer;
  },
  'changeChatwoot 200': () => call('PATCH', '/v1/chatwoot', { token: product.sandbox.chatwoot.token }),
  'readSettings 200': () => get('/v1/settings'),
  'changeSettings 200': async () => {
    await call('PATCH', '/v1/settings', example('changeSettings', 'Silêncio à noite'));
    return call('PATCH', '/v1/settings', { quietHours: null, rework: { days: 4 } });
  },
  'listEvents 200': () => get('/v1/events?source=whatsapp&limit=3&from=2026-01-01'),
  'readEvent 200': async () => get(`/v1/events/${await eventId()}`),
  'replayEvent 202': async () => call('POST', `/v1/events/${await eventId()}/replay`),
  'verifyWhatsAppWebhook 200': () => {
    const token = encodeURIComponent(product.sandbox.whatsapp.verifyToken);
    return raw(`${product.webhooks.whatsapp}?hub.mode=subscribe&hub.challenge=7&hub.verify_token=${token}`);
  },
  'receiveWhatsAppWebhook 200': () => fromMeta(text('5511987650002', 'oi')),
  'receiveChatwootWebhook 200': () => fromChatwoot(conversation()),
  'receiveEvolutionWebhook 200': () => raw(gateway.byKey, fromGateway()),
  'receiveEvolutionWebhookByEvent 200': () => raw(`${gateway.byKey}/messages-upsert`, fromGateway()),
  'receiveEvolutionInstanceWebhook 200': () => raw(gateway.bySecret, fromGateway(), withSecret()),
  'receiveEvolutionInstanceWebhookByEvent 200': () =>
    raw(`${gateway.bySecret}messages-upsert`, fromGateway(), withSecret()),
  'isLive 200': () => raw('/health/live'),
  'isReady 200': () => raw('/health/ready'),
  'readMetrics 200': () => raw('/metrics'),
  'readDocument 200': () => raw('/openapi.json'),
};

/** The example of an operation's body, by its words. */
function example(id: string, words: string): unknown {
  const value = operations.get(id)?.body?.examples[words];
  if (value === undefined) throw new Error(`${id} has no example "${words}"`);
  return value;
}

/** Whether a schema reads an answer without dropping anything of it. */
function says(schema: z.ZodType, body: unknown): boolean {
  const read = schema.safeParse(body);
  return read.success && JSON.stringify(sorted(read.data)) === JSON.stringify(sorted(body));
}
const sorted = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_key, inner) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

test('every good answer of the document is made here', () => {
  const told = [...operations.values()].flatMap(({ id, answers }) =>
    Object.keys(answers)
      .filter((status) => status.startsWith('2'))
      .map((status) => `${id} ${status}`),
  );
  expect(Object.keys(MADE).toSorted()).toEqual(told.toSorted());
});

test.each(Object.entries(MADE))('%s', async (name, make) => {
  const [id = '', status] = name.split(' ');
  const told = operations.get(id)?.answers[Number(status)];
  const answer = await make();
  expect([answer.status, answer.body]).toEqual([Number(status), expect.anything()]);
  expect(answer.headers.get('content-type')).toMatch(`${told?.type ?? 'application/json'};`);
  const schema = told!.schema!;
  expect(schema.safeParse(answer.body).error?.issues).toBeUndefined();
  expect(says(schema, answer.body)).toBe(!MORE.includes(id));
});

const bytes = (body: string, headers: Record<string, string>) => call('POST', '/v1/leads', body, headers);

/** Real errors: the operation, the code, and how it comes about. */
const ERRORS: [id: string, code: string, make: () => Promise<Answer>][] = [
  ['referLead', 'no_api_key', () => raw('/v1/leads', {})],
  ['referLead', 'api_key_refused', () => raw('/v1/leads', {}, { 'x-api-key': 'lf_x' })],
  ['referLead', 'invalid_body', () => call('POST', '/v1/leads', { telefone: '1' })],
  ['referLead', 'invalid_json', () => bytes('{', {})],
  ['referLead', 'not_json', () => bytes('x', { 'content-type': 'text/plain' })],
  ['referLead', 'too_large', () => bytes(JSON.stringify({ nome: 'x'.repeat(102_400) }), {})],
  ['referLead', 'invalid_idempotency_key', () => bytes('{}', { 'idempotency-key': 'a b' })],
  [
    'referLead',
    'idempotency_key_reused',
    async () => {
      const headers = { 'idempotency-key': 'the-same' };
      const body = example('referLead', 'Tudo, em inglês') as object;
      await call('POST', '/v1/leads', body, headers);
      return call('POST', '/v1/leads', { ...body, name: 'Outro' }, headers);
    },
  ],
  ['listLeads', 'invalid_query', () => get('/v1/leads?limit=0&x=1')],
  ['readSettings', 'invalid_query', () => get('/v1/settings?x=1')],
  ['readLead', 'lead_not_found', () => get(`/v1/leads/${NOBODY}`)],
  [
    'reworkLeadNow',
    'lead_closed',
    async () => {
      const id = await referred();
      await closeLead(product, id);
      return call('POST', `/v1/leads/${id}/rework-now`);
    },
  ],
  [
    'reworkLeadNow',
    'lead_opted_out',
    async () => {
      const id = await referred();
      await call('POST', `/v1/leads/${id}/opt-out`);
      return call('POST', `/v1/leads/${id}/rework-now`);
    },
  ],
  [
    'reworkLeadNow',
    'lead_not_qualified',
    async () => {
      const id = await referred({ status_indicacao: 'em_analise' });
      return call('POST', `/v1/leads/${id}/rework-now`);
    },
  ],
  ['recordConversion', 'person_not_found', () => call('POST', '/v1/conversions', { lead_id: NOBODY })],
  [
    'recordConversion',
    'people_disagree',
    () => call('POST', '/v1/conversions', { lead_id: leadId, telefone: '11911112222' }),
  ],
  [
    'decideSendAttempt',
    'attempt_not_found',
    () => call('POST', `/v1/send-attempts/${NOBODY}/decision`, { decision: 'arrived' }),
  ],
  [
    'addConsultant',
    'consultant_taken',
    () => call('POST', '/v1/consultants', { nome: 'Ivo Reis', email: 'x@y.com' }),
  ],
  [
    'changeConsultant',
    'consultant_not_found',
    () => call('PATCH', `/v1/consultants/${NOBODY}`, { nome: 'Outro' }),
  ],
  [
    'addChannel',
    'channel_taken',
    () => call('POST', '/v1/channels', example('addChannel', 'Instância da Evolution API')),
  ],
  ['changeChannel', 'channel_not_found', () => call('PATCH', `/v1/channels/${NOBODY}`, { state: 'active' })],
  [
    'registerChannelWebhook',
    'not_a_gateway',
    async () => call('POST', `/v1/channels/${await cloudId()}/webhook`, { url: far.url }),
  ],
  ['registerChannelWebhook', 'gateway_refused', () => registerWhile(401)],
  ['registerChannelWebhook', 'gateway_unavailable', () => registerWhile(503)],
  ['changeSettings', 'invalid_body', () => call('PATCH', '/v1/settings', { zona: 1 })],
  ['readMe', 'session_over', () => asPage(product, 'lead-flow.session_token=x')('GET', '/v1/me')],
  [
    'addApiKey',
    'other_site',
    async () => (await signIn(product)).call('POST', '/v1/api-keys', {}, { origin: 'https://x.com' }),
  ],
  [
    'signIn',
    'wrong_login',
    () => asPage(product)('POST', '/api/auth/sign-in/email', { email: 'a@b.co', password: 'x' }),
  ],
  ['revokeApiKey', 'api_key_not_found', () => call('DELETE', `/v1/api-keys/${NOBODY}`)],
  ['importLeads', 'not_csv', () => call('POST', '/v1/leads/import', {})],
  [
    'importLeads',
    'invalid_csv',
    () => call('POST', '/v1/leads/import', 'x\n', { 'content-type': 'text/csv' }),
  ],
  ['changeFlow', 'flow_not_found', () => call('PATCH', `/v1/flows/${NOBODY}`, { main: {} })],
  ['changeChatwoot', 'chatwoot_refused', () => call('PATCH', '/v1/chatwoot', { account_id: 9, token: 'x' })],
  [
    'replyFromTestPhone',
    'phone_not_found',
    () => call('POST', '/v1/test-phone/replies', { wa_id: '5511900000000', text: 'oi' }),
  ],
  ['readOverview', 'invalid_query', () => get('/v1/overview?from=2026-02-01&until=2026-01-01')],
  ['readEvent', 'event_not_found', () => get('/v1/events/x')],
];

async function cloudId(): Promise<string> {
  const { channels } = (await get('/v1/channels')).body as { channels: { id: string; kind: string }[] };
  return String(channels.find(({ kind }) => kind === 'whatsapp_cloud')?.id);
}

async function registerWhile(status: number): Promise<Answer> {
  gatewayStatus = status;
  const answer = await call('POST', `/v1/channels/${gateway.id}/webhook`, { url: far.url });
  gatewayStatus = 200;
  return answer;
}

test.each(ERRORS)('%s: %s, as the document has it', async (id, code, make) => {
  const { status, headers, body } = await make();
  expect(body.code).toBe(code);
  expect(problemsOf(operations.get(id)!)).toContain(code);
  expect(headers.get('content-type')).toMatch('application/problem+json');
  expect([status, says(problem, body)]).toEqual([body.status, true]);
  for (const field of body.errors ?? []) expect(Object.keys(FIELD_CODES)).toContain(field.code);
});

test('a webhook that is refused is answered as the document has it', async () => {
  const { answers } = operations.get('receiveWhatsAppWebhook')!;
  const refused = [
    await raw('/webhooks/whatsapp/nobody', change({})),
    await raw(product.webhooks.whatsapp, change({})),
    await fromMeta({ a: '\u0000' }),
    await raw(product.webhooks.whatsapp, {}, { 'content-encoding': 'x' }),
  ];
  expect(refused.map(({ status }) => status)).toEqual([404, 401, 400, 415]);
  for (const { status, body } of refused) {
    expect([status, says(answers[status]!.schema!, body)]).toEqual([status, true]);
  }
});
