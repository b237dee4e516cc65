import { type Product, startProduct } from '../harness/product.ts';
import { addTenant, type SecondTenant } from '../harness/second-tenant.ts';
import { beginSend } from '../harness/sends.ts';
import { countRows } from '../harness/stored.ts';

let product: Product;
let other: SecondTenant;
beforeAll(async () => {
  product = await startProduct({ worker: false });
  other = await addTenant(product);
});
afterAll(() => product.stop());

const NOBODY = '0198c1e8-0000-7000-8000-000000000000';
const call: Product['call'] = (...request) => product.call(...request);
const newLeadId = async (over: Record<string, unknown> = {}) => (await product.refer(over)).lead_id as string;
const close = (leadId: string, outcome = 'not_converted') =>
  product.query(`update lead set stage = 'closed', outcome = $2, closed_at = now() where id = $1`, [
    leadId,
    outcome,
  ]);
/** What the engine is to be told about a lead, but for its start. */
const words = (leadId: string) =>
  product.query(
    `select kind, payload from engine_outbox where lead_id = $1 and kind <> 'start' order by id`,
    [leadId],
  );
async function changesNothing(send: () => ReturnType<Product['call']>) {
  const before = await countRows(product.query);
  const answer = await send();
  expect(await countRows(product.query)).toEqual(before);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  return [answer.status, answer.body.code];
}

describe('one lead', () => {
  test('with its referrals, messages with their attempts, timeline and links', async () => {
    const telefone = '(11) 98765-6001';
    const leadId = await newLeadId({ telefone, email: 'a@b.co', observacoes: 'nota' });
    await product.refer({ telefone, nome: 'Maria Souza' });
    const { attemptId, messageId, referralId } = await beginSend(product, leadId);
    const { status, body } = await call('GET', `/v1/leads/${leadId}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: leadId,
      name: 'Maria Souza',
      phone: '+5511987656001',
      cnpj: '11222333000181',
      referral_count: 2,
      consultant_known: true,
      chatwoot: { contact_id: null, conversation_id: null },
      links: {
        lead: `/v1/leads/${leadId}`,
        workflow: expect.stringMatching(new RegExp(`/workflows/${leadId}$`)),
      },
      referrals: [
        { number: 1, name: 'Maria Aparecida da Silva', email: 'a@b.co', notes: 'nota' },
        { number: 2, name: 'Maria Souza', id: referralId },
      ],
      messages: [
        {
          id: messageId,
          referral_id: referralId,
          direction: 'out',
          stage: 'main',
          template: 'indicacao_boas_vindas',
          state: 'queued',
          attempts: [{ id: attemptId, try: 1, state: 'begun', ended_at: null }],
        },
      ],
      timeline: [
        { kind: 'received', stage: 'main', at: expect.any(String) },
        { kind: 'referred_again', stage: 'main', referral_id: referralId },
      ],
    });
  });

  test.each<[string, string, unknown]>([
    ['GET', '', undefined],
    ['PATCH', '', { status_indicacao: 'qualificado' }],
    ['POST', '/opt-out', undefined],
    ['POST', '/rework-now', undefined],
  ])("%s %s: 404 for nobody's, another tenant's, and what is no id", async (method, action, body) => {
    const leadId = await newLeadId();
    for (const id of [NOBODY, 'x', '%27;%20drop%20table%20lead', '%00']) {
      const path = `/v1/leads/${id}${action}`;
      expect(await changesNothing(() => call(method, path, body))).toEqual([404, 'lead_not_found']);
    }
    const path = `/v1/leads/${leadId}${action}`;
    expect(await changesNothing(() => other.call(method, path, body))).toEqual([404, 'lead_not_found']);
  });
});

describe('the referral status', () => {
  test.each([{ status_indicacao: 'Não qualificado' }, { referral_status: 'NAO_QUALIFICADO' }])(
    '%j',
    async (change) => {
      const leadId = await newLeadId();
      const { status, body } = await call('PATCH', `/v1/leads/${leadId}`, change);
      expect(status).toBe(200);
      expect(body).toMatchObject({ id: leadId, status_indicacao: 'nao_qualificado' });
      expect(body.referrals).toMatchObject([{ status_indicacao: 'qualificado' }]);
      expect(body.timeline.at(-1)).toMatchObject({
        kind: 'status_changed',
        detail: { status: 'nao_qualificado' },
      });
      expect(await product.lead(leadId)).toEqual(body);
    },
  );

  test.each<[unknown, string]>([
    [{ status_indicacao: 'quente' }, 'status_unknown'],
    [{ status_indicacao: 7 }, 'invalid_type'],
    [{ status_indicacao: null }, 'required'],
    [{}, 'required'],
    [[], 'required'],
    [undefined, 'required'],
  ])('refused: %j', async (change, code) => {
    const leadId = await newLeadId();
    const { status, body } = await call('PATCH', `/v1/leads/${leadId}`, change);
    expect([status, body.code]).toEqual([400, 'invalid_body']);
    expect(body.errors).toEqual([
      { field: 'status_indicacao', code, message: expect.stringContaining('qualificado, nao_qualificado') },
    ]);
    expect(await product.lead(leadId)).toMatchObject({ status_indicacao: 'qualificado' });
  });
});

describe('a conversion', () => {
  const convert = (who: unknown) => call('POST', '/v1/conversions', who);

  test('by lead id: recorded once, and told to the workflow', async () => {
    const leadId = await newLeadId();
    const first = await convert({ lead_id: leadId });
    expect(first).toMatchObject({
      status: 202,
      body: { leads: [{ lead_id: leadId, already_converted: false }] },
    });
    const again = await convert({ lead_id: leadId });
    expect(again).toMatchObject({
      status: 202,
      body: { leads: [{ lead_id: leadId, already_converted: true }] },
    });
    expect(await words(leadId)).toEqual([{ kind: 'signal', payload: { type: 'conversion' } }]);
    const lead = await product.lead(leadId);
    expect(lead).toMatchObject({ stage: 'main', converted_at: expect.any(String) });
    const noted = lead.timeline.filter((event: { kind: string }) => event.kind === 'converted');
    expect(noted).toMatchObject([{ detail: { source: 'api' } }]);
  });

  test.each([{ telefone: '31 8765-6101' }, { phone: '+55 31 98765-6101' }, { telefone: 31987656101 }])(
    'by phone: %j',
    async (who) => {
      const leadId = await newLeadId({ telefone: '(31) 98765-6101' });
      const { status, body } = await convert(who);
      expect([status, body.leads]).toMatchObject([202, [{ lead_id: leadId }]]);
    },
  );

  test('by CNPJ: every open lead of its people, else the newest', async () => {
    const cnpj = '12ABC34501DE35';
    const old = await newLeadId({ telefone: '11987656110', cnpj });
    await close(old);
    const closed = await newLeadId({ telefone: '11987656111', cnpj });
    await close(closed);
    const newest = await convert({ cnpj: '12.abc.345/01de-35' });
    expect(newest.body.leads).toEqual([{ lead_id: closed, already_converted: false }]);
    expect(await product.lead(closed)).toMatchObject({ stage: 'closed', outcome: 'converted' });
    expect(await words(closed)).toEqual([]);
    const open = [
      await newLeadId({ telefone: '11987656112', cnpj }),
      await newLeadId({ telefone: '11987656113', cnpj }),
    ];
    const both = await convert({ cnpj, telefone: '' });
    expect(both.body.leads.map(({ lead_id }: { lead_id: string }) => lead_id).sort()).toEqual(open.sort());
    expect(await product.lead(old)).toMatchObject({ outcome: 'not_converted', converted_at: null });
  });

  test('an opt-out stays one', async () => {
    const leadId = await newLeadId();
    await close(leadId, 'opted_out');
    await convert({ lead_id: leadId });
    expect(await product.lead(leadId)).toMatchObject({
      outcome: 'opted_out',
      converted_at: expect.any(String),
    });
  });

  test.each<[unknown, string[]]>([
    [{}, ['lead_id']],
    [{ lead_id: '', telefone: null }, ['lead_id']],
    [[], ['']],
    [undefined, ['']],
    [{ lead_id: 'x', telefone: '11', cnpj: '1' }, ['cnpj', 'lead_id', 'telefone']],
    [{ phone: {} }, ['phone']],
  ])('refused: %j', async (who, fields) => {
    const { status, body } = await convert(who);
    expect([status, body.code]).toEqual([400, 'invalid_body']);
    expect(body.errors.map(({ field }: { field: string }) => field).sort()).toEqual(fields);
  });

  test('of nobody: 404', async () => {
    const leadId = await newLeadId({ telefone: '11987656120', cnpj: '00000000000191' });
    for (const who of [{ lead_id: NOBODY }, { telefone: '11987656199' }, { cnpj: '11444777000161' }]) {
      expect(await changesNothing(() => convert(who))).toEqual([404, 'person_not_found']);
    }
    for (const who of [{ lead_id: leadId }, { telefone: '11987656120' }, { cnpj: '00000000000191' }]) {
      const asked = () => other.call('POST', '/v1/conversions', who);
      expect(await changesNothing(asked)).toEqual([404, 'person_not_found']);
    }
  });
});

describe('what people do to a lead', () => {
  test('opt-out: on the list under every form at once, the journey cancelled, twice as once', async () => {
    const leadId = await newLeadId({ telefone: '(31) 98765-6201' });
    const before = await countRows(product.query);
    const { status, body } = await call('POST', `/v1/leads/${leadId}/opt-out`);
    expect([status, body.lead_id]).toEqual([202, leadId]);
    expect((await countRows(product.query)).suppression).toBe(before.suppression! + 1);
    expect(await words(leadId)).toEqual([{ kind: 'cancel', payload: {} }]);
    await call('POST', `/v1/leads/${leadId}/opt-out`);
    const lead = await product.lead(leadId);
    expect(lead.timeline.filter((event: { kind: string }) => event.kind === 'opted_out')).toMatchObject([
      { detail: { source: 'api' } },
    ]);
    await expect(beginSend(product, leadId)).rejects.toThrow('opted_out');
    await close(leadId, 'opted_out');
    expect((await call('POST', `/v1/leads/${leadId}/opt-out`)).status).toBe(202);
    expect((await product.refer({ telefone: '3187656201' })).status).toBe('opted_out');
  });

  test('rework now: told to the workflow of an open lead; a closed one: 409', async () => {
    const leadId = await newLeadId();
    expect((await call('POST', `/v1/leads/${leadId}/rework-now`)).status).toBe(202);
    expect(await words(leadId)).toEqual([{ kind: 'signal', payload: { type: 'rework_now' } }]);
    expect((await product.lead(leadId)).timeline.at(-1)).toMatchObject({
      kind: 'rework_asked_for',
      stage: 'rework',
    });
    await close(leadId);
    const asked = () => call('POST', `/v1/leads/${leadId}/rework-now`);
    expect(await changesNothing(asked)).toEqual([409, 'lead_closed']);
  });

  test.each([
    ['arrived', 'accepted', 'sent'],
    ['send_again', 'not_sent', 'queued'],
  ])('an unknown send is decided once: %s', async (decision, state, messageState) => {
    const leadId = await newLeadId();
    const { attemptId } = await beginSend(product, leadId);
    const path = `/v1/send-attempts/${attemptId}/decision`;
    const notFound = [404, 'attempt_not_found'];
    expect(await changesNothing(() => other.call('POST', path, { decision }))).toEqual(notFound);
    expect(await changesNothing(() => call('POST', path, { decision: 'perhaps' }))).toEqual([
      400,
      'invalid_body',
    ]);
    expect(await changesNothing(() => call('POST', path))).toEqual([400, 'invalid_body']);
    const answers = await Promise.all(Array.from({ length: 5 }, () => call('POST', path, { decision })));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 404, 404, 404, 404]);
    expect(answers.find(({ status }) => status === 202)?.body).toEqual({ attempt_id: attemptId, state });
    const { messages } = await product.lead(leadId);
    expect(messages).toMatchObject([{ state: messageState, attempts: [{ state, settled_by: 'person' }] }]);
    expect(await words(leadId)).toEqual([{ kind: 'signal', payload: { type: 'settled', attemptId } }]);
    for (const id of [NOBODY, 'x']) {
      const asked = () => call('POST', `/v1/send-attempts/${id}/decision`, { decision });
      expect(await changesNothing(asked)).toEqual(notFound);
    }
  });
});
