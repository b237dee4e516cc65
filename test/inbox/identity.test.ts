import fc from 'fast-check';
import { attemptAccepted } from '../../src/db/sends.ts';
import { expectSound, namesOf, personOf, see } from '../db/sightings.ts';
import { wordsFor } from '../harness/leads.ts';
import { beginSend } from '../harness/sends.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { applyEvents, change, outcomeOf, postWhatsApp, status, text } from './webhooks.ts';

const product = suiteProduct({ worker: false });
afterEach(() => expectSound(product));

const referred = async (telefone: string) => (await product.refer({ telefone })).lead_id as string;
/** Written a second from now: what was written before anything here happened would be told late. */
const now = () => ({ timestamp: String(Math.floor(Date.now() / 1_000) + 1) });

/** Posts one webhook, applies it, and says what came of it. */
const heard = (body: unknown) => outcomeOf(product, postWhatsApp(product, body));
const writes = (from: string | undefined, bsuid: string | undefined, body = 'oi', over = {}) =>
  heard(text(from ?? '', body, { from, from_user_id: bsuid, ...now(), ...over }));
const said = async (leadId: string) =>
  (await product.lead(leadId)).messages
    .filter(({ direction }: { direction: string }) => direction === 'in')
    .map(({ body }: { body: string }) => body);

describe('one person, by whatever name they come', () => {
  test.each([
    ['with the 9', '(31) 98760-1001', '553187601001'],
    ['without the 9', '(31) 8760-1002', '5531987601002'],
  ])('referred %s, writing the other way', async (_, telefone, waId) => {
    const leadId = await referred(telefone);
    expect(await writes(waId, undefined)).toBe('replied');
    expect(await said(leadId)).toEqual(['oi']);
  });

  test('a status tells the BSUID: who then writes under it alone is the same', async () => {
    const leadId = await referred('11987601003');
    const { attemptId } = await beginSend(product, leadId);
    const told = { recipient_id: '5511987601003', recipient_user_id: 'BR.103' };
    await heard(change({ statuses: [status('wamid.103', 'sent', attemptId, { ...now(), ...told })] }));
    expect(await writes(undefined, 'BR.103')).toBe('replied');
    expect(await said(leadId)).toEqual(['oi']);
  });

  test('known by BSUID alone, from the message answered; the phone comes later', async () => {
    const leadId = await referred('11987601004');
    const { attemptId } = await beginSend(product, leadId);
    await product.database.tenant(product.tenantId, (rows) =>
      attemptAccepted(rows, attemptId, 'wamid.104', false),
    );
    expect(await writes(undefined, 'BR.104')).toBe('no_lead');
    expect(await writes(undefined, 'BR.104', 'sim', { context: { id: 'wamid.104' } })).toBe('replied');
    expect(await writes('551187601004', 'BR.104', 'outra')).toBe('replied');
    expect(await writes('551187601004', undefined, 'mais uma')).toBe('replied');
    expect(await said(leadId)).toEqual(['sim', 'outra', 'mais uma']);
  });

  test('a hidden number: the LID alone is known once it has come with the phone', async () => {
    const leadId = await referred('11987601005');
    expect((await see(product, { lid: '60000000005' })).personId).toBeNull();
    await see(product, { lid: '60000000005', waId: '551187601005' });
    expect((await see(product, { lid: '60000000005' })).personId).toBe(await personOf(product, leadId));
  });

  test('two leads of one flow turn out to be one person’s: the reply is on the one that goes on', async () => {
    const older = await referred('11987601006');
    const younger = await referred('11987601007');
    expect(await writes('5511987601006', 'BR.106', 'do primeiro')).toBe('replied');
    expect(await writes('5511987601007', 'BR.106', 'do segundo')).toBe('replied');
    expect(await said(older)).toEqual(['do primeiro', 'do segundo']);
    expect(await product.lead(younger)).toMatchObject({ outcome: 'merged', merged_into: older });
    expect((await wordsFor(product, younger)).map(({ kind }) => kind)).toEqual(['cancel']);
    expect((await wordsFor(product, older)).map(({ payload }) => payload.type)).toEqual([
      'reply',
      'referred',
      'reply',
    ]);
  });

  test('what becomes of the merged lead’s last message is told to the lead that goes on', async () => {
    const older = await referred('11987601008');
    const younger = await referred('11987601009');
    const { attemptId } = await beginSend(product, younger);
    await writes('5511987601008', 'BR.108');
    await writes('5511987601009', 'BR.108');
    const errors = [{ code: 131_026 }];
    await heard(change({ statuses: [status('wamid.109', 'failed', attemptId, { errors })] }));
    const types = (await wordsFor(product, older)).map(({ payload }) => payload.type);
    expect(types).toEqual(['reply', 'referred', 'reply', 'settled', 'failed']);
    expect((await product.lead(younger)).messages).toMatchObject([{ state: 'failed' }]);
  });

  test('both numbers of one person at once: one person, every message kept', async () => {
    const leads = [await referred('11987601010'), await referred('11987601011')];
    const bodies = Array.from({ length: 20 }, (_, i) => `mensagem ${i}`);
    await Promise.all(
      bodies.map((body, i) =>
        postWhatsApp(product, text(`551198760101${i % 2}`, body, { from_user_id: 'BR.110', ...now() })),
      ),
    );
    const [first] = await Promise.all([applyEvents(product), applyEvents(product), applyEvents(product)]);
    expect(first).toBeGreaterThanOrEqual(0);
    await applyEvents(product);
    const kept = [...(await said(leads[0]!)), ...(await said(leads[1]!))];
    expect(kept.sort()).toEqual([...bodies].sort());
    expect(await personOf(product, leads[0]!)).toBe(await personOf(product, leads[1]!));
  });
});

describe('a phone that changes hands', () => {
  test('what its new owner writes is not on the old lead', async () => {
    const leadId = await referred('11987602001');
    expect(await writes('5511987602001', 'BR.201', 'sou eu')).toBe('replied');
    expect(await writes('5511987602001', 'BR.202', 'quem é?')).toBe('phone_changed_hands');
    expect(await writes('5511987602001', 'BR.202', 'não conheço')).toBe('no_lead');
    expect(await said(leadId)).toEqual(['sou eu']);
    expect(await product.lead(leadId)).toMatchObject({ attention: 'phone_changed_hands' });
    await expect(beginSend(product, leadId)).rejects.toThrow('phone_changed_hands');
    const asked = await product.call('POST', `/v1/leads/${leadId}/rework-now`);
    expect(asked).toMatchObject({
      status: 409,
      body: { type: expect.stringMatching(/lead_phone_changed_hands$/) },
    });
    // The old owner is still known by their own id.
    expect(await writes(undefined, 'BR.201', 'meu número mudou')).toBe('replied');
  });

  test('a status that names another account than the person’s', async () => {
    const leadId = await referred('11987602003');
    await writes('5511987602003', 'BR.203');
    const { attemptId } = await beginSend(product, leadId);
    const told = { recipient_id: '5511987602003', recipient_user_id: 'BR.204' };
    expect(
      await heard(change({ statuses: [status('wamid.204', 'delivered', attemptId, { ...now(), ...told })] })),
    ).toBe('updated');
    expect(await product.lead(leadId)).toMatchObject({ attention: 'phone_changed_hands' });
    expect(await namesOf(product, await personOf(product, leadId))).toEqual(['bsuid BR.203']);
  });

  test('a stop of its new owner is theirs, and holds for the phone', async () => {
    const leadId = await referred('11987602005');
    await writes('5511987602005', 'BR.205');
    expect(await writes('5511987602005', 'BR.206', 'SAIR')).toBe('opted_out');
    expect(await wordsFor(product, leadId)).toEqual([
      { kind: 'signal', payload: expect.objectContaining({ type: 'reply' }) },
    ]);
    expect(await product.lead(leadId)).toMatchObject({ stage: 'main', attention: 'phone_changed_hands' });
    expect((await product.refer({ telefone: '11987602005' })).status).toBe('opted_out');
  });

  test('a stop under another account in answer to our message: the phone it went to is left alone', async () => {
    const leadId = await referred('11987602007');
    await writes('5511987602007', 'BR.207');
    const { attemptId } = await beginSend(product, leadId);
    await product.database.tenant(product.tenantId, (rows) =>
      attemptAccepted(rows, attemptId, 'wamid.207', false),
    );
    expect(await writes(undefined, 'BR.208', 'parar', { context: { id: 'wamid.207' } })).toBe('opted_out');
    expect((await product.refer({ telefone: '11987602007' })).status).toBe('opted_out');
  });
});

test('a stop under any name of the person, stored before the gate: nothing is sent', async () => {
  let n = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('31', '11'),
      fc.boolean(),
      fc.subarray(['status', 'reply', 'lid'] as const),
      fc.constantFrom('with9', 'without9', 'bsuid'),
      fc.constantFrom('word', 'button', 'preference'),
      async (ddd, referredWith9, learnt, name, way) => {
        const eight = String(87_700_000 + n++);
        const forms = { with9: `55${ddd}9${eight}`, without9: `55${ddd}${eight}` };
        const leadId = await referred(`${ddd}${referredWith9 ? '9' : ''}${eight}`);
        const bsuid = `BR.${eight}`;
        const personId = await personOf(product, leadId);
        if (learnt.includes('reply') || name === 'bsuid') await writes(forms.without9, bsuid);
        if (learnt.includes('status')) await see(product, { waId: forms.with9, bsuid }, { personId });
        if (learnt.includes('lid')) await see(product, { waId: forms.without9, lid: `7${eight}0` });

        const who = name === 'bsuid' ? { waId: undefined, bsuid } : { waId: forms[name], bsuid: undefined };
        const from = { from: who.waId, from_user_id: who.bsuid };
        const stops = {
          word: text('', 'SAIR', from),
          button: text('', '', { ...from, type: 'button', button: { text: 'Chega', payload: 'opt_out:x' } }),
          preference: change(
            { user_preferences: [{ wa_id: who.waId, user_id: who.bsuid, value: 'stop', timestamp: 1 }] },
            'user_preferences',
          ),
        };
        // Stored, and not applied yet.
        expect(await postWhatsApp(product, stops[way])).toBe(200);
        await expect(beginSend(product, leadId)).rejects.toThrow('opted_out');
        await applyEvents(product);
        expect((await wordsFor(product, leadId)).at(-1)?.kind).toBe('cancel');
        await expect(beginSend(product, leadId)).rejects.toThrow('opted_out');
      },
    ),
    { numRuns: 40 },
  );
});

test('a known person who quotes a message sent to another, or presses their button, stays who they are', async () => {
  const [one, other] = ['11933330001', '11933330002'];
  const [mine, theirs] = [await referred(one), await referred(other)];
  const { attemptId } = await beginSend(product, theirs);
  await product.database.tenant(product.tenantId, (rows) =>
    attemptAccepted(rows, attemptId, 'wamid.to-the-other'),
  );
  const quoting = { context: { id: 'wamid.to-the-other' } };
  await heard(text(`55${one}`, 'SAIR', quoting));
  expect(await product.lead(theirs)).toMatchObject({ outcome: null, merged_leads: [] });
  expect((await product.refer({ telefone: other })).status).toBe('joined');
  expect((await product.refer({ telefone: one })).status).toBe('opted_out');
  expect((await product.lead(mine)).merged_into ?? null).toBeNull();
});
