import { livingPerson } from '../../src/db/identities.ts';
import { recordOptOut } from '../../src/db/journeys.ts';
import { openGate } from '../../src/db/sends.ts';
import { closeLead, timelineOf, wordsFor } from '../harness/leads.ts';
import { newLead } from '../harness/product.ts';
import { beginSend } from '../harness/sends.ts';
import { countRows } from '../harness/stored.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { expectSound, namesOf, personOf, see, seeCounting, sightingOf, somebody } from './sightings.ts';

const product = suiteProduct({ worker: false });
afterEach(() => expectSound(product));

const refer = async (telefone: string, over: Record<string, unknown> = {}) =>
  (await product.refer({ telefone, ...over })).lead_id as string;
const optOut = (personId: string) =>
  product.database.tenant(product.tenantId, (rows) =>
    recordOptOut(rows, { identities: [], personId, source: 'test' }),
  );
const kinds = (leadId: string) => timelineOf(product, leadId);

describe('learning names', () => {
  test('nobody is made up, nothing new costs one statement, names that nobody had three', async () => {
    const before = await countRows(product.query);
    expect(await seeCounting(product, { waId: '5511987000001', bsuid: 'BR.1' })).toEqual({
      personId: null,
      changedHands: false,
      statements: 1,
    });
    expect(await countRows(product.query)).toEqual(before);
    const personId = await personOf(product, await refer('11987000001'));
    const seen = { personId, changedHands: false };
    expect(await seeCounting(product, { waId: '5511987000001', bsuid: 'BR.1' })).toEqual({
      ...seen,
      statements: 3,
    });
    for (const names of [{ waId: '5511987000001', bsuid: 'BR.1' }, { bsuid: 'BR.1' }]) {
      expect(await seeCounting(product, names)).toEqual({ ...seen, statements: 1 });
    }
    expect(await seeCounting(product, { bsuid: 'BR.1' }, { personId })).toEqual({ ...seen, statements: 1 });
    expect(await namesOf(product, personId)).toEqual([
      'bsuid BR.1',
      'phone +551187000001',
      'phone +5511987000001',
      'wa_id 5511987000001',
    ]);
  });

  test.each([
    ['the 9, seen without', '31987000002', { waId: '553187000002' }],
    ['no 9, seen with', '3187000003', { waId: '5531987000003' }],
  ])('a number stored with %s is the same', async (_, telefone, names) => {
    const leadId = await refer(telefone);
    expect(await see(product, names)).toEqual({
      personId: await personOf(product, leadId),
      changedHands: false,
    });
  });

  test('an id alone is nobody until something else tells whose it is', async () => {
    const personId = await personOf(product, await refer('11987000004'));
    for (const names of [{ bsuid: 'BR.4' }, { lid: '40000000004' }]) {
      expect((await see(product, names)).personId).toBeNull();
      expect((await see(product, names, { personId })).personId).toBe(personId);
      expect((await see(product, names)).personId).toBe(personId);
    }
  });

  test('a LID that comes with the phone is known without it from then on', async () => {
    const personId = await personOf(product, await refer('31987000005'));
    expect((await see(product, { lid: '50000000005', waId: '553187000005' })).personId).toBe(personId);
    expect((await see(product, { lid: '50000000005' })).personId).toBe(personId);
  });

  test('without any name it is whom something else points at', async () => {
    const personId = await somebody(product, { lid: '60000000006' });
    expect((await see(product, {}, { personId })).personId).toBe(personId);
    expect((await see(product, {})).personId).toBeNull();
  });
});

describe('two people found to be one', () => {
  test('everything is the older one, and both ids still lead there', async () => {
    const [first, second] = product.sandbox.chatwoot.agents;
    const older = await refer('11987010001', { consultor: first?.name });
    const younger = await refer('11987010002', { consultor: second?.name, status_indicacao: 'em_analise' });
    const again = await product.refer({ telefone: '11987010002', consultor: second?.name });
    await beginSend(product, younger);
    const [kept, gone] = [await personOf(product, older), await personOf(product, younger)];
    await see(product, { lid: '11000000001' }, { personId: kept });
    expect((await see(product, { lid: '11000000001', waId: '5511987010002' })).personId).toBe(kept);

    expect(await namesOf(product, gone)).toEqual([]);
    expect(await namesOf(product, kept)).toEqual([
      'lid 11000000001',
      'phone +551187010001',
      'phone +551187010002',
      'phone +5511987010001',
      'phone +5511987010002',
      'wa_id 5511987010002',
    ]);
    expect(await livingPerson(product.query, gone)).toBe(kept);
    const lead = await product.lead(older);
    expect(lead).toMatchObject({
      stage: 'main',
      consultant: second?.name,
      status_indicacao: 'qualificado',
      referral_count: 3,
      merged_into: null,
      merged_leads: [younger],
    });
    expect(lead.referrals.map(({ phone }: { phone: string }) => phone)).toEqual([
      '+5511987010001',
      '+5511987010002',
      '+5511987010002',
    ]);
    expect(await product.lead(younger)).toMatchObject({
      stage: 'closed',
      outcome: 'merged',
      merged_into: older,
      merged_leads: [],
      referral_count: 2,
      messages: [{ direction: 'out' }],
    });
    expect(await kinds(older)).toEqual(['received', 'merged']);
    expect(await kinds(younger)).toEqual(['received', 'referred_again', 'closed']);
    const referred = { type: 'referred', referralId: again.referral_id };
    expect(await wordsFor(product, older)).toEqual([{ kind: 'signal', payload: referred }]);
    expect((await wordsFor(product, younger)).at(-1)).toEqual({ kind: 'cancel', payload: {} });

    const joined = await product.refer({ telefone: '11987010002' });
    expect(joined).toMatchObject({ lead_id: older, status: 'joined', referral_number: 4 });
    await beginSend(product, older);
  });

  test('what the newest referral says counts, whichever lead it came to', async () => {
    const [first, second] = product.sandbox.chatwoot.agents;
    const older = await refer('11987010003', { consultor: first?.name });
    await refer('11987010004', { consultor: first?.name });
    await refer('11987010003', { consultor: second?.name });
    const words = await wordsFor(product, older);
    await see(product, { chatwootContact: 103 }, { personId: await personOf(product, older) });
    await see(product, { chatwootContact: 103, waId: '5511987010004' });
    expect(await product.lead(older)).toMatchObject({ consultant: second?.name, referral_count: 3 });
    expect(await wordsFor(product, older)).toEqual(words);
  });

  test('leads that are not in each other’s way stay as they are', async () => {
    const closed = await refer('11987010005');
    await closeLead(product, closed);
    const open = await refer('11987010006');
    await see(product, { bsuid: 'BR.105', waId: '5511987010005' });
    await see(product, { bsuid: 'BR.105', waId: '5511987010006' });
    expect(await personOf(product, open)).toBe(await personOf(product, closed));
    expect(await product.lead(closed)).toMatchObject({ outcome: 'not_converted', merged_leads: [] });
    expect(await product.lead(open)).toMatchObject({ stage: 'main', referral_count: 1 });
  });

  test('a conversion that only the younger lead knew is not lost', async () => {
    const older = await refer('11987010007');
    const younger = await refer('11987010008');
    await product.call('POST', '/v1/conversions', { lead_id: younger });
    await see(product, { lid: '11000000007', waId: '5511987010007' });
    await see(product, { lid: '11000000007', waId: '5511987010008' });
    expect(await product.lead(older)).toMatchObject({ converted_at: expect.any(String) });
    expect((await wordsFor(product, older)).map(({ payload }) => payload.type)).toContain('conversion');
  });

  test('what is said of a merged lead counts where it goes on', async () => {
    const older = await refer('11987010009');
    const younger = await refer('11987010010');
    await see(product, { lid: '11000000009', waId: '5511987010009' });
    await see(product, { lid: '11000000009', waId: '5511987010010' });
    await product.call('PATCH', `/v1/leads/${younger}`, { status_indicacao: 'em_analise' });
    expect(await product.lead(older)).toMatchObject({ status_indicacao: 'em_analise' });
    const { body } = await product.call('POST', '/v1/conversions', { lead_id: younger });
    expect(body.leads).toEqual([{ lead_id: older, already_converted: false }]);
    expect((await product.call('POST', `/v1/leads/${younger}/opt-out`)).status).toBe(202);
    expect((await wordsFor(product, older)).at(-1)?.kind).toBe('cancel');
  });

  test('one after the other: the oldest stays, whatever was merged before', async () => {
    const leads = [await refer('11987010011'), await refer('11987010012'), await refer('11987010013')];
    const people = await Promise.all(leads.map((id) => personOf(product, id)));
    await see(product, { lid: '11000000012', waId: '5511987010013' });
    await see(product, { lid: '11000000012', waId: '5511987010012' });
    await see(product, { bsuid: 'BR.111', waId: '5511987010012' });
    await see(product, { bsuid: 'BR.111', waId: '5511987010011' });
    expect(await Promise.all(people.map((id) => livingPerson(product.query, id)))).toEqual(
      Array(3).fill(people[0]),
    );
    expect(await product.lead(String(leads[0]))).toMatchObject({
      referral_count: 3,
      merged_leads: leads.slice(1),
    });
    // Somebody who still has the first id in hand, as a step that was under way.
    expect((await see(product, { chatwootContact: 111 }, { personId: people[2]! })).personId).toBe(people[0]);
  });

  test('a referral whose phone is known as two people makes them one', async () => {
    const one = await somebody(product, { bsuid: 'BR.114' }, 'Com nove');
    const other = await somebody(product, { lid: '11000000114' }, 'Sem nove');
    for (const [personId, phone] of [
      [one, '+5531987010014'],
      [other, '+553187010014'],
    ]) {
      await product.query(
        `insert into person_identity (tenant_id, kind, value, hash, person_id)
         values (current_tenant(), 'phone', $2::text, sha256($2::text::bytea), $1)`,
        [personId, phone],
      );
    }
    const leadId = await refer('(31) 98701-0014');
    expect(await personOf(product, leadId)).toBe(one);
    expect(await namesOf(product, one)).toEqual([
      'bsuid BR.114',
      'lid 11000000114',
      'phone +553187010014',
      'phone +5531987010014',
    ]);
    expect(await livingPerson(product.query, other)).toBe(one);
  });

  test('a shared e-mail makes nobody one', async () => {
    const email = 'contato@empresa.com.br';
    const [one, other] = [await refer('11987010015', { email }), await refer('11987010016', { email })];
    expect(await personOf(product, one)).not.toBe(await personOf(product, other));
  });

  test.each(['older', 'younger'])(
    'an opt-out of the %s holds for both, and ends what is open',
    async (who) => {
      const digits = who === 'older' ? '2' : '4';
      const leads = [await refer(`1198701002${digits}`), await refer(`1198701003${digits}`)] as const;
      const stopped = await personOf(product, leads[who === 'older' ? 0 : 1]);
      await optOut(stopped);
      await product.query('delete from engine_outbox');
      await see(product, { lid: `1200000002${digits}`, waId: `551198701002${digits}` });
      await see(product, { lid: `1200000002${digits}`, waId: `551198701003${digits}` });
      await expect(beginSend(product, leads[0])).rejects.toThrow('opted_out');
      expect((await wordsFor(product, leads[0])).map(({ kind }) => kind)).toContain('cancel');
      expect(await kinds(leads[0])).toContain('opted_out');
      const again = await product.refer({ telefone: `1198701003${digits}` });
      expect(again.status).toBe('opted_out');
    },
  );

  test('a name that had opted out before anybody knew whose it was ends what is open', async () => {
    const leadId = await refer('11987010026');
    const { identities } = sightingOf(product, { bsuid: 'BR.126' });
    await product.database.tenant(product.tenantId, (rows) =>
      recordOptOut(rows, { identities, personId: null, source: 'test' }),
    );
    await see(product, { bsuid: 'BR.126', waId: '5511987010026' });
    await expect(beginSend(product, leadId)).rejects.toThrow('opted_out');
    expect((await wordsFor(product, leadId)).map(({ kind }) => kind)).toEqual(['cancel']);
  });
});

describe('a phone that changes hands', () => {
  const later = () => new Date().toISOString();

  test.each([
    ['BSUID', { bsuid: 'BR.201' }, { bsuid: 'BR.202' }, '11987020001'],
    ['LID', { lid: '20000000001' }, { lid: '20000000002' }, '11987020002'],
  ])('another %s: the phone goes, everything else stays', async (_, known, seen, telefone) => {
    const waId = `55${telefone}`;
    const leadId = await refer(telefone);
    const personId = await personOf(product, leadId);
    await see(product, { ...known, waId });
    const other = await see(product, { ...seen, waId }, { at: later(), name: 'Outro Dono' });
    expect(other).toMatchObject({ changedHands: true });
    expect(other.personId).not.toBe(personId);
    expect(await namesOf(product, personId)).toEqual(Object.entries(known).map((name) => name.join(' ')));
    expect(await personOf(product, leadId)).toBe(personId);
    expect(await product.lead(leadId)).toMatchObject({ stage: 'main', attention: 'phone_changed_hands' });
    expect((await kinds(leadId)).at(-1)).toBe('phone_changed_hands');
    await expect(beginSend(product, leadId)).rejects.toThrow('phone_changed_hands');
    expect(await see(product, { ...seen, waId })).toEqual({ ...other, changedHands: false });

    const referred = await product.refer({ telefone, nome: 'Outro Dono' });
    expect(referred).toMatchObject({ status: 'received', referral_number: 1 });
    expect(await personOf(product, referred.lead_id)).toBe(other.personId);
    await beginSend(product, referred.lead_id);
  });

  test('it goes to whoever has the new id, whose own leads it reaches', async () => {
    const holder = await refer('11987020003');
    const buyer = await refer('11987020004');
    await see(product, { bsuid: 'BR.203', waId: '5511987020003' });
    await see(product, { bsuid: 'BR.204', waId: '5511987020004' });
    const before = later();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const seen = await see(product, { bsuid: 'BR.204', waId: '5511987020003' }, { at: later() });
    expect(seen).toEqual({ personId: await personOf(product, buyer), changedHands: true });
    await expect(beginSend(product, holder)).rejects.toThrow('phone_changed_hands');
    await beginSend(product, buyer);
    // Told late, of the time before.
    expect(await see(product, { bsuid: 'BR.203', waId: '5511987020003' }, { at: before })).toEqual({
      personId: await personOf(product, holder),
      changedHands: false,
    });
  });

  test('what was seen before is told late: the phone stays with its new owner', async () => {
    const telefone = '11987020005';
    const waId = `55${telefone}`;
    const first = await personOf(product, await refer(telefone));
    const [before, after] = [new Date(Date.now() + 1), new Date(Date.now() + 2)].map((at) =>
      at.toISOString(),
    );
    await see(product, { bsuid: 'BR.205', waId }, { at: before! });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const second = await see(product, { bsuid: 'BR.206', waId }, { at: after! });
    expect(second.changedHands).toBe(true);
    expect(await see(product, { bsuid: 'BR.205', waId }, { at: before! })).toEqual({
      personId: first,
      changedHands: false,
    });
    expect((await see(product, { waId })).personId).toBe(second.personId);
  });

  test('of two told in the wrong order the later has it, although the phone was known before both', async () => {
    await refer('11987020017');
    const [before, after] = [5, 10].map((ms) => new Date(Date.now() + ms).toISOString());
    await new Promise((resolve) => setTimeout(resolve, 15));
    const waId = '5511987020017';
    const { personId } = await see(product, { bsuid: 'BR.217', waId }, { at: after! });
    expect(await see(product, { bsuid: 'BR.218', waId }, { at: before! })).toEqual({
      personId: null,
      changedHands: false,
    });
    expect((await see(product, { waId })).personId).toBe(personId);
  });

  test('an opt-out holds for the phone and for whoever said it, and for nothing else of the new owner', async () => {
    const waId = '5511987020008';
    const leadId = await refer('11987020008');
    await optOut(await personOf(product, leadId));
    await see(product, { bsuid: 'BR.208', waId });
    await see(product, { bsuid: 'BR.209', waId }, { at: later() });
    expect((await product.refer({ telefone: '11987020008' })).status).toBe('opted_out');
    const [{ stopped }] = (await product.query<{ stopped: string[] }>(
      `select array_agg(i.kind || ' ' || i.value order by 1) as stopped
       from person_identity i join suppression s on s.hash = i.hash where i.value in ('BR.208', 'BR.209', $1)`,
      [waId],
    )) as [{ stopped: string[] }];
    expect(stopped).toEqual(['bsuid BR.208', `wa_id ${waId}`]);
  });

  test('the contact in Chatwoot that both have had makes them not one', async () => {
    const waId = '5511987020010';
    const first = await personOf(product, await refer('11987020010'));
    await see(product, { bsuid: 'BR.210', waId });
    await see(product, { chatwootContact: 210 }, { personId: first });
    const { personId } = await see(product, { bsuid: 'BR.211', waId }, { at: later() });
    expect(await see(product, { chatwootContact: 210 }, { personId })).toEqual({
      personId,
      changedHands: false,
    });
    expect(await namesOf(product, first)).toEqual(['bsuid BR.210', 'chatwoot_contact 210']);
  });

  test('a person who says that their number changed keeps the old one, and is written to at the new one', async () => {
    const leadId = await refer('11987020012');
    const personId = await personOf(product, leadId);
    await see(product, { bsuid: 'BR.212', waId: '5511987020012' });
    const changed = { bsuid: 'BR.213', waId: '5521987020013' };
    expect(await see(product, changed, { personId, renamed: true, at: later() })).toEqual({
      personId,
      changedHands: false,
    });
    expect((await see(product, { waId: '5511987020012' })).personId).toBe(personId);
    // Years later the old number is somebody else's: they are still reached at theirs.
    await see(product, { bsuid: 'BR.214', waId: '5511987020012' }, { at: later() });
    await beginSend(product, leadId);
  });

  test('a referral that gives a new phone is sent to that one, not to the one known before', async () => {
    const first = await refer('11987020015');
    const personId = await personOf(product, first);
    await see(product, { waId: '5511987020015' });
    await see(product, { lid: '20000000015' }, { personId });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await see(product, { lid: '20000000015', phone: '+5511987020016' });
    const { referral_id, lead_id } = await product.refer({ telefone: '11987020016' });
    expect(lead_id).toBe(first);
    const gate = await product.database.tenant(product.tenantId, (rows) =>
      openGate(
        rows,
        { leadId: first, referralId: referral_id, stage: 'main' },
        { qualified: [], resendAfterHours: 0, weeklyMessages: 9, quietUntil: null },
      ),
    );
    expect(gate).toMatchObject({ kind: 'go', message: { waId: null, phone: '+5511987020016' } });
  });
});

test('a person referred by any phone of theirs, 20 at once: one lead, referrals 1 to 20', async () => {
  const personId = await somebody(product, { lid: '30000000001', phone: '+5511987030001' });
  await see(product, { phone: '+5521987030002' }, { personId });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      product.call('POST', '/v1/leads', {
        ...newLead(),
        telefone: i % 2 ? '11987030001' : '21987030002',
        consultor: 'Alguém',
      }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(202));
  expect(new Set(answers.map(({ body }) => body.lead_id)).size).toBe(1);
  expect(answers.map(({ body }) => body.referral_number).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
});
