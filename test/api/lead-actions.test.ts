import { closeLead, wordsFor } from '../harness/leads.ts';
import type { Answer, Product } from '../harness/product.ts';
import { addTenant, type SecondTenant } from '../harness/second-tenant.ts';
import { beginSend } from '../harness/sends.ts';
import { countRows } from '../harness/stored.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { refusedUnchanged } from './lead-state.ts';

const product = suiteProduct({ worker: false });
let other: SecondTenant;
beforeAll(async () => {
  other = await addTenant(product);
});

const NOBODY = '0198c1e8-0000-7000-8000-000000000000';
const call: Product['call'] = (...request) => product.call(...request);
const newLeadId = async (over: Record<string, unknown> = {}) => (await product.refer(over)).lead_id as string;
const close = (leadId: string, outcome?: string) => closeLead(product, leadId, outcome);
const words = (leadId: string) => wordsFor(product, leadId);
const changesNothing = (send: () => Promise<Answer>) => refusedUnchanged(product, send);

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
    [{ status_indicacao: 'qualificado', referral_status: 'em_analise' }, 'names_disagree'],
  ])('refused: %j', async (change, code) => {
    const leadId = await newLeadId();
    const { status, body } = await call('PATCH', `/v1/leads/${leadId}`, change);
    expect([status, body.code]).toEqual([400, 'invalid_body']);
    expect(body.errors).toEqual([
      {
        field: 'status_indicacao',
        code,
        message: expect.stringMatching(/qualificado, nao_qualificado|dizem coisas diferentes/),
      },
    ]);
    expect(await product.lead(leadId)).toMatchObject({ status_indicacao: 'qualificado' });
  });

  test.each([null, [], undefined, 'qualificado'])('no object: %j', async (change) => {
    const leadId = await newLeadId();
    const body = change === undefined ? undefined : JSON.stringify(change);
    const { status, body: problem } = await call('PATCH', `/v1/leads/${leadId}`, body);
    expect([status, problem.errors]).toEqual([
      400,
      [{ field: '', code: 'object_expected', message: 'Envie um objeto JSON com status_indicacao.' }],
    ]);
  });

  test('the same again changes nothing', async () => {
    const leadId = await newLeadId();
    const before = await product.lead(leadId);
    for (const status_indicacao of ['qualificado', 'Qualificado']) {
      const { status, body } = await call('PATCH', `/v1/leads/${leadId}`, { status_indicacao });
      expect([status, body]).toEqual([200, before]);
    }
    await call('PATCH', `/v1/leads/${leadId}`, { status_indicacao: 'em_analise' });
    const changed = await product.lead(leadId);
    expect(changed.timeline).toHaveLength(2);
    await call('PATCH', `/v1/leads/${leadId}`, { referral_status: 'Em análise' });
    expect(await product.lead(leadId)).toEqual(changed);
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

  test.each([
    ['main', 'O retrabalho começa assim que o primeiro contato terminar.'],
    ['waiting', expect.stringMatching(/^O retrabalho começa em instantes\. No horário de silêncio/)],
  ])('rework now of a lead in %s: told to its workflow, and when it comes', async (stage, note) => {
    const leadId = await newLeadId();
    await product.query('update lead set stage = $2 where id = $1', [leadId, stage]);
    const { status, body } = await call('POST', `/v1/leads/${leadId}/rework-now`);
    expect([status, body]).toEqual([202, { lead_id: leadId, note, links: expect.any(Object) }]);
    expect(await words(leadId)).toEqual([{ kind: 'signal', payload: { type: 'rework_now' } }]);
    expect((await product.lead(leadId)).timeline.at(-1)).toMatchObject({
      kind: 'rework_asked_for',
      stage: 'rework',
    });
  });

  test.each<[string, (leadId: string) => Promise<unknown>, string, RegExp]>([
    [
      'opted out, still open',
      (id) => call('POST', `/v1/leads/${id}/opt-out`),
      'lead_opted_out',
      /descadastro/,
    ],
    ['opted out and closed', (id) => close(id, 'opted_out'), 'lead_opted_out', /descadastro/],
    [
      'closed as something else, opted out since',
      async (id) => {
        await close(id);
        await call('POST', `/v1/leads/${id}/opt-out`);
      },
      'lead_opted_out',
      /descadastro/,
    ],
    [
      'converted, still open',
      (id) => call('POST', '/v1/conversions', { lead_id: id }),
      'lead_converted',
      /converteu/,
    ],
    ['converted and closed', (id) => close(id, 'converted'), 'lead_converted', /converteu/],
    ['erased', (id) => close(id, 'erased'), 'lead_erased', /apagados/],
    ['closed', (id) => close(id), 'lead_closed', /encerrado/],
    ['without WhatsApp', (id) => close(id, 'no_whatsapp'), 'lead_closed', /encerrado/],
    [
      'in rework',
      (id) => product.query(`update lead set stage = 'rework' where id = $1`, [id]),
      'lead_in_rework',
      /já está em retrabalho/,
    ],
    [
      'not qualified',
      (id) => call('PATCH', `/v1/leads/${id}`, { status_indicacao: 'em_analise' }),
      'lead_not_qualified',
      /não é qualificado/,
    ],
  ])(
    'rework now of a lead that is %s: 409 that says why, and nothing written',
    async (_, become, code, why) => {
      const leadId = await newLeadId();
      await become(leadId);
      const [lead, told] = [await product.lead(leadId), await words(leadId)];
      const asked = () => call('POST', `/v1/leads/${leadId}/rework-now`);
      expect(await changesNothing(asked)).toEqual([409, code]);
      expect((await asked()).body.title).toMatch(why);
      expect([await product.lead(leadId), await words(leadId)]).toEqual([lead, told]);
    },
  );

  test('qualified since: it may be reworked', async () => {
    const leadId = await newLeadId({ status_indicacao: 'em_analise' });
    const asked = () => call('POST', `/v1/leads/${leadId}/rework-now`);
    expect((await asked()).status).toBe(409);
    await call('PATCH', `/v1/leads/${leadId}`, { status_indicacao: 'qualificado' });
    expect((await asked()).status).toBe(202);
  });

  test('attention is cleared once it was seen to, and the timeline keeps what it was', async () => {
    const leadId = await newLeadId({ consultor: 'Zé Ninguém' });
    expect(await product.lead(leadId)).toMatchObject({ attention: 'consultant_unknown' });
    const asked = () => call('DELETE', `/v1/leads/${leadId}/attention`);
    const { status, body } = await asked();
    expect([status, body.attention]).toEqual([200, null]);
    expect(body.timeline.at(-1)).toMatchObject({
      kind: 'attention_cleared',
      stage: 'main',
      detail: { code: 'consultant_unknown' },
    });
    expect(await asked()).toMatchObject({ status: 200, body });
    expect(await changesNothing(() => call('DELETE', `/v1/leads/${NOBODY}/attention`))).toEqual([
      404,
      'lead_not_found',
    ]);
    const elsewhere = () => other.call('DELETE', `/v1/leads/${leadId}/attention`);
    expect(await changesNothing(elsewhere)).toEqual([404, 'lead_not_found']);
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
