import { settleAttempt } from '../../src/db/sends.ts';
import { until } from '../harness/product.ts';
import { inStage, kindsOf, viewOf } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct({ settings: { unknownGraceSeconds: 2 } });
afterEach(() => {
  product.sandbox.whatsapp.clearFaults();
  product.sandbox.whatsapp.setBehaviour({ statuses: true, rejectCode: {} });
});

const SEND = { method: 'POST', path: '/messages' };

const attemptsOf = async (leadId: string) => (await product.lead(leadId)).messages[0]?.attempts ?? [];

describe('a send of which nobody knows whether it left', () => {
  test('the answer was cut after WhatsApp took it: the status settles it, and it is never sent again', async () => {
    product.sandbox.whatsapp.addFault({ match: SEND, kind: 'cut', when: 'after' });
    const person = viewOf(product, '11984440001');
    const { lead_id } = await product.refer({ telefone: '11984440001' });
    await until(async () => (await attemptsOf(lead_id))[0]?.settled_by === 'status', {
      state: () => product.lead(lead_id),
    });
    const lead = await until(async () => {
      const found = await product.lead(lead_id);
      return found.stage === 'waiting' && kindsOf(found).includes('send_settled') && found;
    });
    expect(await attemptsOf(lead_id)).toMatchObject([{ try: 1, state: 'accepted', settled_by: 'status' }]);
    expect(kindsOf(lead)).toEqual(expect.arrayContaining(['send_unknown', 'send_settled', 'asleep']));
    expect(lead.attention).toBeNull();
    expect(person.sends()).toHaveLength(1);
    expect(person.sendCalls()).toHaveLength(1);
  });

  test('WhatsApp answered 500, words and all, after it took the message: settled, never sent again', async () => {
    product.sandbox.whatsapp.addFault({ match: SEND, kind: 'status', status: 500, when: 'after' });
    const person = viewOf(product, '11984440007');
    const { lead_id } = await product.refer({ telefone: '11984440007' });
    await until(async () => kindsOf(await product.lead(lead_id)).includes('send_settled'));
    expect(await attemptsOf(lead_id)).toMatchObject([{ try: 1, state: 'accepted' }]);
    expect(person.sendCalls()).toHaveLength(1);
  });

  test('the call was cut before WhatsApp took it: once a later message had its status, it is sent again', async () => {
    product.sandbox.whatsapp.addFault({ match: SEND, kind: 'cut', when: 'before' });
    const person = viewOf(product, '11984440002');
    const { lead_id } = await product.refer({ telefone: '11984440002' });
    await until(async () => (await product.lead(lead_id)).attention === 'send_unknown');
    expect(person.sends()).toHaveLength(0);
    await product.refer({ telefone: '11984440003' }); // the channel is alive
    await until(() => person.sends().length === 1, { state: () => product.lead(lead_id) });
    await until(async () => (await product.lead(lead_id)).messages[0]?.state === 'read');
    expect(await attemptsOf(lead_id)).toMatchObject([
      { try: 1, state: 'not_sent', settled_by: 'silence' },
      { try: 2, state: 'accepted' },
    ]);
    expect(person.sends()).toHaveLength(1);
    expect(await product.lead(lead_id)).toMatchObject({ stage: 'waiting', attention: null });
  });

  test('its status has come and waits to be applied: it is not sent again, however late that is', async () => {
    product.sandbox.whatsapp.setBehaviour({ statuses: false });
    product.sandbox.whatsapp.addFault({ match: SEND, kind: 'cut', when: 'after' });
    const person = viewOf(product, '11984440008');
    const { lead_id } = await product.refer({ telefone: '11984440008' });
    const [attempt] = await until(async () => {
      const attempts = await attemptsOf(lead_id);
      return attempts[0]?.ended_at && attempts;
    });
    const wamid = product.sandbox.whatsapp.state().messages.at(-1)?.wamid;
    const [event] = await product.query<{ id: number }>(
      `insert into inbox_event (tenant_id, source, endpoint_id, dedupe_key, kind, payload, due_at)
       select tenant_id, 'whatsapp', channel_id, 'late', 'status', jsonb_build_object('wamid', $2::text,
         'attemptId', id, 'status', 'sent', 'at', now(), 'waId', null, 'userId', null, 'errorCode', null, 'errorText', null,
         'pricing', null), now() + interval '1 hour'
       from send_attempt where id = $1 returning id`,
      [attempt.id, wamid],
    );
    const later = await product.refer({ telefone: '11984440009' });
    await inStage(product, later.lead_id, 'waiting');
    const alive = 'update send_attempt set reported_at = now() where lead_id = $1 returning id';
    expect(await product.query(alive, [later.lead_id])).toHaveLength(1);
    const settle = () =>
      product.database.tenant(product.tenantId, (rows) => settleAttempt(rows, attempt.id, 0));
    await until(() => Date.now() > Date.parse(attempt.begun_at) + 3_000);
    expect(await settle()).toBe('undecided');
    await product.query('update inbox_event set due_at = now() where id = $1', [event?.id]);
    await until(async () => kindsOf(await product.lead(lead_id)).includes('send_settled'));
    expect(await attemptsOf(lead_id)).toMatchObject([{ try: 1, state: 'accepted', settled_by: 'status' }]);
    expect(person.sendCalls()).toHaveLength(1);
  });

  test.each([
    ['arrived', 'accepted', 1],
    ['send_again', 'not_sent', 2],
  ] as const)('the channel is silent: a person decides, %s', async (decision, state, calls) => {
    product.sandbox.whatsapp.setBehaviour({ statuses: false });
    // Nothing of the channel that came later may tell: what it told before is out of the way.
    await product.query("update send_attempt set begun_at = begun_at - interval '1 day'");
    product.sandbox.whatsapp.addFault({ match: SEND, kind: 'cut', when: 'before' });
    const phone = decision === 'arrived' ? '11984440004' : '11984440005';
    const person = viewOf(product, phone);
    const { lead_id } = await product.refer({ telefone: phone });
    await until(async () => (await product.lead(lead_id)).attention === 'send_unknown');
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(await attemptsOf(lead_id)).toMatchObject([{ try: 1, state: 'begun' }]);
    const [attempt] = await attemptsOf(lead_id);
    const decided = await product.call('POST', `/v1/send-attempts/${attempt.id}/decision`, { decision });
    expect(decided).toMatchObject({ status: 202, body: { state } });
    await until(async () => kindsOf(await product.lead(lead_id)).includes('send_settled'));
    await until(() => person.sendCalls().length === calls);
    expect((await attemptsOf(lead_id))[0]).toMatchObject({ state, settled_by: 'person' });
    expect((await product.lead(lead_id)).attention).toBeNull();
    expect(
      (await product.call('POST', `/v1/send-attempts/${attempt.id}/decision`, { decision })).status,
    ).toBe(404);
  });

  test('a step of which the answer was recorded is not done again when it is repeated', async () => {
    const person = viewOf(product, '11984440006');
    const { lead_id } = await product.refer({ telefone: '11984440006' });
    await inStage(product, lead_id, 'waiting');
    // The engine forgot the lead: the same workflow runs again from its beginning.
    await product.client.workflow.getHandle(lead_id).terminate('forgotten');
    await product.client.workflow.start('lead', {
      taskQueue: product.taskQueue,
      workflowId: lead_id,
      args: [{ tenantId: product.tenantId, leadId: lead_id, consultantId: null, origin: 'api_oficial' }],
    });
    const before = product.sandbox.chatwoot.calls().length;
    const details = async () => {
      const history = await product.client.workflow.getHandle(lead_id).fetchHistory();
      return history.events?.some((event) => event.timerStartedEventAttributes);
    };
    await until(details);
    expect(person.sendCalls()).toHaveLength(1);
    expect(person.conversations()[0]?.messages).toHaveLength(1);
    const writes = product.sandbox.chatwoot
      .calls()
      .slice(before)
      .filter((call) => call.method === 'POST');
    expect(writes).toEqual([]);
    expect(await product.lead(lead_id)).toMatchObject({ stage: 'waiting' });
  });
});

describe('a clear refusal', () => {
  test('429 with Retry-After, 500 with an error body, a refused connection: tried again, sent once', async () => {
    const limited = { error: { message: 'Rate limit hit', code: 130_429 } };
    product.sandbox.whatsapp.addFault({
      match: SEND,
      kind: 'status',
      status: 429,
      body: limited,
      headers: { 'retry-after': '1' },
    });
    product.sandbox.whatsapp.addFault({
      match: SEND,
      kind: 'status',
      status: 503,
      body: { error: { message: 'down', code: 131_016 } },
      headers: { 'retry-after': '1' },
    });
    const person = viewOf(product, '11984440011');
    const { lead_id } = await product.refer({ telefone: '11984440011' });
    await inStage(product, lead_id, 'waiting');
    expect(await attemptsOf(lead_id)).toMatchObject([
      { try: 1, state: 'refused', error_class: 'retry' },
      { try: 2, state: 'refused', error_class: 'retry' },
      { try: 3, state: 'accepted' },
    ]);
    expect(person.sends()).toHaveLength(1);
    const [first, second] = person.sendCalls().map((call) => Date.parse(call.at));
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(900);
  });

  test('a token that was taken back pauses the channel; its leads wait', async () => {
    product.sandbox.whatsapp.setBehaviour({ rejectCode: { '*': 190 } });
    const { lead_id } = await product.refer({ telefone: '11984440012' });
    await until(async () => (await attemptsOf(lead_id))[0]?.error_class === 'channel_stop');
    const { channels } = (await product.call('GET', '/v1/channels')).body;
    expect(channels).toMatchObject([
      { state: 'paused', pause_reason: expect.stringContaining('code 190'), stopped_templates: [] },
    ]);
    const other = await product.refer({ telefone: '11984440013' });
    await until(async () => (await product.lead(other.lead_id)).attention === 'channel_paused');
    expect(viewOf(product, '11984440013').sendCalls()).toEqual([]);
    product.sandbox.whatsapp.setBehaviour({ rejectCode: {} });
    const resumed = await product.call('PATCH', `/v1/channels/${channels[0].id}`, {
      state: 'active',
      token: product.sandbox.whatsapp.token,
    });
    expect(resumed).toMatchObject({ status: 200, body: { state: 'active', pause_reason: null } });
    expect(JSON.stringify(resumed.body)).not.toContain(product.sandbox.whatsapp.token);
    await product.refer({ telefone: '11984440015' });
    await until(() => viewOf(product, '11984440015').sends().length === 1);
  });

  test('a template that is paused holds its messages, and is shown with its channel', async () => {
    product.sandbox.whatsapp.setBehaviour({ rejectCode: { '*': 132_015 } });
    const { lead_id } = await product.refer({ telefone: '11984440016' });
    await until(async () => (await attemptsOf(lead_id))[0]?.error_class === 'template_stop');
    const { channels } = (await product.call('GET', '/v1/channels')).body;
    expect(channels).toMatchObject([
      { state: 'active', stopped_templates: [{ template: 'indicacao_boas_vindas', language: 'pt_BR' }] },
    ]);
    await until(async () => (await product.lead(lead_id)).attention === 'template_stopped');
    product.sandbox.whatsapp.setBehaviour({ rejectCode: {} });
    await product.call('PATCH', `/v1/channels/${channels[0].id}`, { state: 'active' });
    expect((await product.call('GET', '/v1/channels')).body.channels[0].stopped_templates).toEqual([]);
  });

  test('a final refusal is shown with its code, and the lead waits for D+3 all the same', async () => {
    product.sandbox.whatsapp.setBehaviour({ rejectCode: { '5511984440014': 100 } });
    const { lead_id } = await product.refer({ telefone: '11984440014' });
    const lead = await inStage(product, lead_id, 'waiting');
    expect(lead).toMatchObject({ attention: 'send_failed' });
    expect(lead.messages[0]).toMatchObject({ state: 'failed', error_code: 100 });
    expect(viewOf(product, '11984440014').sendCalls()).toHaveLength(1);
  });
});

describe('Chatwoot in trouble', () => {
  test('500 after a conversation was created: the same one is found again', async () => {
    product.sandbox.chatwoot.addFault({
      match: { method: 'POST', path: '/conversations$' },
      kind: 'status',
      status: 500,
      when: 'after',
    });
    const person = viewOf(product, '11984440021');
    const { lead_id } = await product.refer({ telefone: '11984440021' });
    await inStage(product, lead_id, 'waiting');
    expect(person.contacts()).toHaveLength(1);
    expect(person.conversations()).toHaveLength(1);
  });

  test('the answer cut after contact and note were created: one of each', async () => {
    product.sandbox.chatwoot.addFault({
      match: { method: 'POST', path: '/contacts$' },
      kind: 'cut',
      when: 'after',
    });
    product.sandbox.chatwoot.addFault({
      match: { method: 'POST', path: '/messages$' },
      kind: 'cut',
      when: 'after',
    });
    const person = viewOf(product, '11984440022');
    const { lead_id } = await product.refer({ telefone: '11984440022' });
    await inStage(product, lead_id, 'waiting');
    expect(person.contacts()).toHaveLength(1);
    expect(person.conversations()).toHaveLength(1);
    expect(person.conversations()[0]?.messages).toHaveLength(1);
  });

  test('429 with Retry-After is honoured; steps that failed show as ordinary activities in the engine', async () => {
    product.sandbox.chatwoot.addFault({
      match: { method: 'POST', path: '/contacts$' },
      kind: 'status',
      status: 429,
      headers: { 'retry-after': '2' },
      times: 2,
    });
    const { lead_id } = await product.refer({ telefone: '11984440023' });
    await inStage(product, lead_id, 'waiting');
    const creates = product.sandbox.chatwoot
      .calls()
      .filter((call) => call.path.endsWith('/contacts') && JSON.stringify(call.body).includes('11984440023'));
    expect(creates.map((call) => call.status)).toEqual([429, 429, 200]);
    const [, second, third] = creates.map((call) => Date.parse(call.at));
    expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(1_900);
    const { events } = await product.client.workflow.getHandle(lead_id).fetchHistory();
    const scheduled = events?.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
    expect(scheduled).toContain('findOrCreateContact');
  });

  test('what Chatwoot refuses for good is shown; the template leaves all the same', async () => {
    product.sandbox.chatwoot.addFault({
      match: { method: 'POST', path: '/contacts$' },
      kind: 'status',
      status: 422,
      body: { message: 'Phone number should be in e164 format', attributes: ['phone_number'] },
      times: 5,
    });
    const person = viewOf(product, '11984440024');
    const { lead_id } = await product.refer({ telefone: '11984440024' });
    const lead = await inStage(product, lead_id, 'waiting');
    product.sandbox.chatwoot.clearFaults();
    expect(lead).toMatchObject({ attention: 'chatwoot_refused' });
    expect(person.sends()).toHaveLength(1);
  });
});
