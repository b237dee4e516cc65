import { closeLead, wordsFor } from '../harness/leads.ts';
import type { Answer } from '../harness/product.ts';
import { addTenant, type SecondTenant } from '../harness/second-tenant.ts';
import { countRows } from '../harness/stored.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { refusedUnchanged } from './lead-state.ts';

const product = suiteProduct({ worker: false });
let other: SecondTenant;
beforeAll(async () => {
  other = await addTenant(product);
});

const NOBODY = '0198c1e8-0000-7000-8000-000000000000';
const newLeadId = async (over: Record<string, unknown> = {}) => (await product.refer(over)).lead_id as string;
const close = (leadId: string, outcome?: string) => closeLead(product, leadId, outcome);
const words = (leadId: string) => wordsFor(product, leadId);
const changesNothing = (send: () => Promise<Answer>) => refusedUnchanged(product, send);

describe('a conversion', () => {
  const convert = (who: unknown) => product.call('POST', '/v1/conversions', who);

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
    [{ telefone: '11987656101', phone: '11987656102' }, ['telefone']],
    [{ telefone: '11987656101', phone: '11987656102', lead_id: 'x' }, ['lead_id', 'telefone']],
  ])('refused: %j', async (who, fields) => {
    const { status, body } = await convert(who);
    expect([status, body.code]).toEqual([400, 'invalid_body']);
    expect(body.errors.map(({ field }: { field: string }) => field).sort()).toEqual(fields);
  });

  describe('said of two people: 409, and nothing recorded', () => {
    const MINE = { telefone: '31987656130', cnpj: '12ABC34501DE35' };
    const OTHERS = { telefone: '31987656131', cnpj: '33000167000101' };
    let mine: string;
    beforeAll(async () => {
      mine = await newLeadId(MINE);
      await newLeadId(OTHERS);
    });

    test.each<[string, () => Record<string, unknown>, string[]]>([
      ['a lead and the phone of another', () => ({ lead_id: mine, telefone: OTHERS.telefone }), ['telefone']],
      ['the same in English', () => ({ lead_id: mine, phone: OTHERS.telefone }), ['phone']],
      ['a lead and the phone of nobody', () => ({ lead_id: mine, telefone: '31987656139' }), ['telefone']],
      ['a lead and the CNPJ of another', () => ({ lead_id: mine, cnpj: OTHERS.cnpj }), ['cnpj']],
      ['a lead and both of another', () => ({ lead_id: mine, ...OTHERS }), ['telefone', 'cnpj']],
      ['a phone and the CNPJ of another', () => ({ ...MINE, cnpj: OTHERS.cnpj }), ['cnpj']],
    ])('%s', async (_, who, fields) => {
      const before = await countRows(product.query);
      const { status, body } = await convert(who());
      expect([status, body.code]).toEqual([409, 'people_disagree']);
      expect(body.errors).toEqual(
        fields.map((field) => ({
          field,
          code: 'other_person',
          message: expect.stringMatching(/^Este (telefone|CNPJ) não é da pessoa deste (lead|telefone)\.$/),
        })),
      );
      expect(await countRows(product.query)).toEqual(before);
      expect(await product.lead(mine)).toMatchObject({ converted_at: null });
    });

    test('of one, in whatever writing, or of whom no CNPJ is known: recorded', async () => {
      const nameless = await newLeadId({ telefone: '31987656132', cnpj: null });
      const later = await newLeadId({ telefone: '31987656133', cnpj: MINE.cnpj });
      await product.refer({ telefone: '31987656133', cnpj: OTHERS.cnpj });
      for (const who of [
        { lead_id: mine, telefone: '+55 31 8765-6130', phone: 31987656130, cnpj: '12.abc.345/01de-35' },
        { lead_id: nameless, cnpj: OTHERS.cnpj },
        { lead_id: later, cnpj: MINE.cnpj },
        { telefone: '31987656133', cnpj: OTHERS.cnpj },
      ]) {
        expect((await convert(who)).status).toBe(202);
      }
    });
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
