import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import {
  classOfCode,
  WHATSAPP_ERROR_CLASSES,
  type WhatsAppErrorClass,
} from '../../src/domain/whatsapp-errors.ts';
import { closeHttp } from '../../src/providers/http.ts';
import {
  getPhoneNumber,
  type HeaderParameter,
  listTemplates,
  sendTemplate,
  sendText,
  type TemplateMessage,
  type WhatsAppConnection,
} from '../../src/providers/whatsapp/client.ts';
import { WhatsAppError } from '../../src/providers/whatsapp/errors.ts';
import { until } from '../sandbox/receiver.ts';
import { failureOf } from './failure.ts';
import { type FakeProvider, freePort, startProvider } from './http-server.ts';

let provider: FakeProvider;
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  provider = await startProvider((_, response) => answer(response));
});
beforeEach(() => {
  provider.seen.length = 0;
});
afterAll(async () => {
  await provider.close();
  await closeHttp();
});

const PERSON = '5511987654321';
const NAME = 'Joana Prado';

function connection(fields: Partial<WhatsAppConnection> = {}): WhatsAppConnection {
  return {
    baseUrl: provider.url,
    version: 'v23.0',
    phoneNumberId: '106540',
    token: 'token-1',
    ...fields,
  };
}

function send(c: WhatsAppConnection, signal?: AbortSignal) {
  const message = {
    to: PERSON,
    template: 'indicacao',
    language: 'pt_BR',
    bodyParameters: [NAME],
    buttonPayloads: ['sim', 'sair'],
    attemptId: 'attempt-7',
  };
  return sendTemplate(c, message, signal);
}

const failure = (promise: Promise<unknown>) => failureOf(WhatsAppError, promise);

function json(status: number, body: unknown, headers: Record<string, string> = {}) {
  return (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

function metaError(code: number, message = `(#${code}) Refused`, details = 'more words') {
  return { error: { message, type: 'OAuthException', code, error_data: { details }, fbtrace_id: 'A1' } };
}

describe('a template', () => {
  test('is one POST in the wire format of the Cloud API', async () => {
    answer = json(200, {
      messaging_product: 'whatsapp',
      contacts: [{ input: PERSON, wa_id: '551187654321' }],
      messages: [{ id: 'wamid.A', message_status: 'held_for_quality_assessment' }],
    });
    expect(await send(connection({ baseUrl: `${provider.url}/` }))).toEqual({
      wamid: 'wamid.A',
      waId: '551187654321',
      messageStatus: 'held_for_quality_assessment',
    });
    expect(provider.seen).toHaveLength(1);
    const [request] = provider.seen;
    expect(request?.method).toBe('POST');
    expect(request?.path).toBe('/v23.0/106540/messages');
    expect(request?.headers.authorization).toBe('Bearer token-1');
    expect(JSON.parse(request!.body)).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: PERSON,
      type: 'template',
      template: {
        name: 'indicacao',
        language: { code: 'pt_BR' },
        components: [
          { type: 'body', parameters: [{ type: 'text', text: NAME }] },
          button('0', 'sim'),
          button('1', 'sair'),
        ],
      },
      biz_opaque_callback_data: 'attempt-7',
    });
  });

  test('goes to a business-scoped user id in `recipient`, without `to`', async () => {
    answer = json(200, { messages: [{ id: 'wamid.B' }] });
    const message = {
      recipient: 'BR.1502',
      template: 'x',
      language: 'pt_BR',
      bodyParameters: [],
      buttonPayloads: [],
      attemptId: 'a',
    };
    expect(await sendTemplate(connection(), message)).toEqual({
      wamid: 'wamid.B',
      waId: null,
      messageStatus: 'accepted',
    });
    const body = JSON.parse(provider.seen[0]!.body);
    expect(body).toMatchObject({ recipient: 'BR.1502', template: { components: [] } });
    expect(body).not.toHaveProperty('to');
  });
});

describe('a template’s parameters', () => {
  const components = async (over: Partial<TemplateMessage>) => {
    answer = json(200, { messages: [{ id: 'wamid.P' }] });
    const message = {
      template: 'x',
      language: 'pt_BR',
      bodyParameters: [],
      buttonPayloads: [],
      attemptId: 'a',
    };
    await sendTemplate(connection(), { to: PERSON, ...message, ...over });
    return JSON.parse(provider.seen[0]!.body).template.components;
  };

  test.each<[HeaderParameter, unknown]>([
    [
      { kind: 'text', text: 'Oi' },
      { type: 'text', text: 'Oi' },
    ],
    [
      { kind: 'text', text: 'Oi', name: 'saudacao' },
      { type: 'text', parameter_name: 'saudacao', text: 'Oi' },
    ],
    [
      { kind: 'image', link: 'https://x/a.png' },
      { type: 'image', image: { link: 'https://x/a.png' } },
    ],
    [
      { kind: 'video', link: 'https://x/a.mp4' },
      { type: 'video', video: { link: 'https://x/a.mp4' } },
    ],
    [
      { kind: 'document', link: 'https://x/a.pdf', filename: 'Contrato.pdf' },
      { type: 'document', document: { link: 'https://x/a.pdf', filename: 'Contrato.pdf' } },
    ],
    [
      { kind: 'document', link: 'https://x/a.pdf' },
      { type: 'document', document: { link: 'https://x/a.pdf' } },
    ],
  ])('a header: %j', async (header, parameter) => {
    expect(await components({ header })).toEqual([{ type: 'header', parameters: [parameter] }]);
  });

  test('a body by names', async () => {
    expect(await components({ bodyParameters: { nome: 'Ana', dia: 'hoje' } })).toEqual([
      {
        type: 'body',
        parameters: [
          { type: 'text', parameter_name: 'nome', text: 'Ana' },
          { type: 'text', parameter_name: 'dia', text: 'hoje' },
        ],
      },
    ]);
  });

  test('buttons at their places: replies and links', async () => {
    const linkEndings = [{ index: 1, text: 'lead/7' }];
    expect(await components({ buttonPayloads: ['sim', null, 'sair'], linkEndings })).toEqual([
      button('0', 'sim'),
      button('2', 'sair'),
      { type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: 'lead/7' }] },
    ]);
  });
});

test.each([
  ['accepted', 'accepted'],
  ['held_for_quality_assessment', 'held_for_quality_assessment'],
  ['paused', 'paused'],
  [undefined, 'accepted'],
  ['something_new', 'accepted'],
])('message_status %s is %s', async (message_status, expected) => {
  answer = json(200, { messages: [{ id: 'wamid.S', message_status }] });
  expect((await send(connection())).messageStatus).toBe(expected);
});

function button(index: string, payload: string) {
  return { type: 'button', sub_type: 'quick_reply', index, parameters: [{ type: 'payload', payload }] };
}

test('a text carries its attempt and the message it answers', async () => {
  answer = json(200, { messages: [{ id: 'wamid.C' }] });
  await sendText(connection(), { to: PERSON, text: 'olá', attemptId: 'a9', replyTo: 'wamid.in' });
  expect(JSON.parse(provider.seen[0]!.body)).toMatchObject({
    to: PERSON,
    type: 'text',
    text: { body: 'olá' },
    context: { message_id: 'wamid.in' },
    biz_opaque_callback_data: 'a9',
  });
});

describe('each refusal has its class', () => {
  const table: [WhatsAppErrorClass, number[]][] = [
    ['retry', [4, 80007, 130429, 131016, 131057]],
    ['pair_rate', [131056]],
    ['channel_stop', [190, 368, 131031, 131048]],
    ['template_stop', [132000, 132001, 132012, 132015, 132016]],
    ['no_whatsapp', [131026]],
    ['opted_out', [131050]],
    ['window_closed', [131047]],
    ['held_back', [131049]],
    ['final', [100, 131008, 130472]],
  ];
  const rows = table.flatMap(([errorClass, codes]) => codes.map((code) => [code, errorClass] as const));

  test.each(rows)('code %i is %s', async (code, errorClass) => {
    answer = json(400, metaError(code));
    const error = await failure(send(connection()));
    expect({ class: error.class, code: error.code, status: error.status }).toEqual({
      class: errorClass,
      code,
      status: 400,
    });
    expect(error.details).toBe(`(#${code}) Refused — more words`);
    expect(classOfCode(code)).toBe(errorClass);
  });

  test('the table knows no code that is not tried above', () => {
    expect(
      [...WHATSAPP_ERROR_CLASSES.keys()].filter((code) => !rows.some(([tried]) => tried === code)),
    ).toEqual([]);
  });

  test.each([
    [500, metaError(131000), 'ambiguous'],
    [503, metaError(2), 'ambiguous'],
    [503, metaError(131016), 'retry'],
    [500, metaError(131026), 'no_whatsapp'],
    [500, '<html>Bad Gateway</html>', 'ambiguous'],
    [502, '', 'ambiguous'],
    [503, { error: 'upstream' }, 'ambiguous'],
    [408, '', 'ambiguous'],
    [429, '', 'retry'],
    [401, '', 'channel_stop'],
    [403, '<html>', 'final'],
    [302, '', 'final'],
  ] as const)('HTTP %i with %j is %s', async (status, body, errorClass) => {
    answer = (response) => {
      response.writeHead(status);
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    const error = await failure(send(connection()));
    expect({ class: error.class, status: error.status }).toEqual({ class: errorClass, status });
  });
});

describe('Retry-After', () => {
  test.each([
    [130429, { 'retry-after': '7' }, 7_000],
    [130429, {}, null],
    [130429, { 'retry-after': 'soon' }, null],
    [131056, {}, 6_000],
    [131056, { 'retry-after': '2' }, 6_000],
    [131056, { 'retry-after': '20' }, 20_000],
  ])('code %i with %j waits %s ms', async (code, headers, ms) => {
    answer = json(429, metaError(code), headers as Record<string, string>);
    expect((await failure(send(connection()))).retryAfterMs).toBe(ms);
  });

  test('is read as a date, too', async () => {
    const header = new Date(Date.now() + 30_000).toUTCString();
    answer = json(429, metaError(130429), { 'retry-after': header });
    const { retryAfterMs } = await failure(send(connection()));
    expect(retryAfterMs).toBeGreaterThan(25_000);
    expect(retryAfterMs).toBeLessThanOrEqual(30_000);
  });
});

describe('no answer', () => {
  test('a refused connection was not sent', async () => {
    const error = await failure(send(connection({ baseUrl: `http://127.0.0.1:${await freePort()}` })));
    expect({ class: error.class, status: error.status, code: error.code }).toEqual({
      class: 'not_sent',
      status: null,
      code: null,
    });
    expect(error.message).toContain('ECONNREFUSED');
  });

  test('an unknown host was not sent', async () => {
    const error = await failure(send(connection({ baseUrl: 'http://nowhere.invalid' })));
    expect(error.class).toBe('not_sent');
  });

  test('a base URL that is none was not sent', async () => {
    expect((await failure(send(connection({ baseUrl: 'nonsense' })))).class).toBe('not_sent');
  });

  test('no connection in time (a TLS handshake nobody answers) was not sent', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const sockets: Socket[] = [];
    silent.on('connection', (socket) => sockets.push(socket));
    const error = await failure(send(connection({ baseUrl: `https://127.0.0.1:${port}`, timeoutMs: 200 })));
    expect(error.class).toBe('not_sent');
    await until(() => sockets.length === 1, 'a connection');
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  test('a connection cut after the body was received is ambiguous, and not sent again', async () => {
    answer = (response) => response.socket?.destroy();
    expect((await failure(send(connection()))).class).toBe('ambiguous');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(provider.seen).toHaveLength(1);
  });

  test('a connection cut in the middle of the answer is ambiguous', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"messages":[{"id":"wamid.X"');
      setTimeout(() => response.socket?.destroy(), 20);
    };
    expect((await failure(send(connection()))).class).toBe('ambiguous');
  });

  test('a time-out is ambiguous, and comes when the connection says so', async () => {
    answer = () => undefined;
    const began = Date.now();
    const error = await failure(send(connection({ timeoutMs: 150 })));
    expect(error.class).toBe('ambiguous');
    expect(error.message).toContain('timeout');
    expect(Date.now() - began).toBeGreaterThanOrEqual(140);
  });

  test('an answer that trickles does not stretch the time-out', async () => {
    let timer: NodeJS.Timeout | undefined;
    answer = (response) => {
      response.writeHead(200);
      timer = setInterval(() => response.write(' '), 40);
    };
    // It would trickle for good.
    const error = await failure(send(connection({ timeoutMs: 200 })));
    clearInterval(timer);
    expect(error.class).toBe('ambiguous');
  });

  test.each([['{}'], ['{"messages":[]}'], ['<html>ok</html>'], ['']])(
    'a 200 with %j says nothing of a wamid: ambiguous',
    async (body) => {
      answer = (response) => response.end(body);
      const error = await failure(send(connection()));
      expect({ class: error.class, status: error.status }).toEqual({ class: 'ambiguous', status: 200 });
    },
  );

  test('aborted before it left: not sent; aborted later: ambiguous', async () => {
    expect((await failure(send(connection(), AbortSignal.abort()))).class).toBe('not_sent');
    expect(provider.seen).toHaveLength(0);
    const controller = new AbortController();
    answer = () => controller.abort();
    expect((await failure(send(connection(), controller.signal))).class).toBe('ambiguous');
    expect(provider.seen).toHaveLength(1);
  });
});

test('no error carries anything personal in its message, and details are masked', async () => {
  answer = json(
    400,
    metaError(100, `Bad recipient +55 11 98765-4321 (${PERSON})`, 'write to joana@exemplo.com.br'),
  );
  const error = await failure(send(connection()));
  expect(error.message).toBe('WhatsApp: final (code 100, HTTP 400)');
  const all = `${error.message} ${error.stack} ${error.details} ${JSON.stringify(error)} ${error.cause}`;
  for (const personal of [PERSON, '98765-4321', NAME, 'joana@']) expect(all).not.toContain(personal);
});

test('the number tells its state', async () => {
  answer = json(200, { id: '106540', display_phone_number: '+55 11 94000-0001', quality_rating: 'GREEN' });
  expect(await getPhoneNumber(connection())).toEqual({
    id: '106540',
    displayPhoneNumber: '+55 11 94000-0001',
    verifiedName: null,
    qualityRating: 'GREEN',
    messagingLimit: null,
    status: null,
  });
});

test('the limit is that of the business, or of the number as versions before had it', async () => {
  const limits = { whatsapp_business_manager_messaging_limit: 'TIER_2K', messaging_limit_tier: 'TIER_1K' };
  answer = json(200, { id: '106540', ...limits });
  expect((await getPhoneNumber(connection())).messagingLimit).toBe('TIER_2K');
  answer = json(200, { id: '106540', messaging_limit_tier: 'TIER_1K' });
  expect((await getPhoneNumber(connection())).messagingLimit).toBe('TIER_1K');
});

test('a version that knows of no limit is asked without it, once', async () => {
  answer = (response) => {
    const { path } = provider.seen.at(-1)!;
    if (path.includes('limit')) json(400, metaError(100, 'Tried accessing nonexisting field'))(response);
    else json(200, { id: '106540', quality_rating: 'RED' })(response);
  };
  expect(await getPhoneNumber(connection())).toMatchObject({ qualityRating: 'RED', messagingLimit: null });
  expect(provider.seen).toHaveLength(2);
  provider.seen.length = 0;
  answer = json(401, metaError(190));
  expect((await failure(getPhoneNumber(connection()))).class).toBe('channel_stop');
  expect(provider.seen).toHaveLength(1);
});

test('templates are listed page after page, each parameter counted once', async () => {
  answer = (response) => {
    const first = !provider.seen.at(-1)!.path.includes('after=');
    const template = {
      quality_score: { score: first ? 'YELLOW' : undefined, date: 1 },
      id: first ? '1' : '2',
      name: first ? 'um' : 'dois',
      language: 'pt_BR',
      status: 'APPROVED',
      category: 'MARKETING',
      components: [
        { type: 'BODY', text: 'Olá {{1}}, {{2}} e de novo {{1}}' },
        { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Sim' }] },
      ],
    };
    const paging = { cursors: { after: 'abc' }, ...(first ? { next: 'https://x/next' } : {}) };
    json(200, { data: [template], paging })(response);
  };
  const templates = await listTemplates(connection(), '4195');
  expect(templates.map((template) => template.name)).toEqual(['um', 'dois']);
  expect(templates.map(({ quality }) => quality)).toEqual(['YELLOW', null]);
  expect(templates[0]?.components).toHaveLength(2);
  expect(templates[0]).toMatchObject({ bodyParameters: 2, buttons: [{ type: 'QUICK_REPLY', text: 'Sim' }] });
  expect(provider.seen.map((request) => request.path)).toEqual([
    '/v23.0/4195/message_templates?fields=id,name,language,status,category,quality_score,components&limit=100',
    expect.stringMatching(/&limit=100&after=abc$/),
  ]);
});
