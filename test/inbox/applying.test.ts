import { attemptAccepted } from '../../src/db/sends.ts';
import { closeLead, timelineOf, wordsFor } from '../harness/leads.ts';
import { beginSend } from '../harness/sends.ts';
import { countRows } from '../harness/stored.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { applyEvents, change, postWhatsApp, text } from './webhooks.ts';

const product = suiteProduct({ worker: false });

/** Posts one webhook, applies it, and says what came of its last event. */
async function heard(send: () => Promise<number>) {
  expect(await send()).toBe(200);
  await applyEvents(product);
  const [event] = await product.query<{ state: string; outcome: string }>(
    'select state, outcome from inbox_event order by id desc limit 1',
  );
  expect(event?.state).toBe('applied');
  return event?.outcome;
}
const referred = async (telefone: string) => (await product.refer({ telefone })).lead_id as string;
const words = (leadId: string) => wordsFor(product, leadId);
const kinds = (leadId: string) => timelineOf(product, leadId);
const close = (leadId: string) => closeLead(product, leadId);

describe('what people write', () => {
  test('joins their open lead, whatever the form of the number, and the workflow is told once', async () => {
    const leadId = await referred('(31) 98765-7101');
    const said = text('553187657101', 'quero saber mais');
    expect(await heard(() => postWhatsApp(product, said))).toBe('replied');
    await postWhatsApp(product, said);
    expect(await applyEvents(product)).toBe(0);
    const { messages } = await product.lead(leadId);
    expect(messages).toMatchObject([
      { direction: 'in', stage: 'main', kind: 'text', body: 'quero saber mais', state: 'received' },
    ]);
    expect(await words(leadId)).toEqual([
      { kind: 'signal', payload: { type: 'reply', messageId: messages[0].id } },
    ]);
    expect(await kinds(leadId)).toEqual(['received', 'replied']);
  });

  test('joins the open lead rather than a closed one, the newest closed one else', async () => {
    const old = await referred('11987657102');
    await close(old);
    const closed = await referred('11987657102');
    await close(closed);
    await heard(() => postWhatsApp(product, text('5511987657102', 'um')));
    expect((await product.lead(closed)).messages).toMatchObject([{ body: 'um' }]);
    expect(await words(closed)).toEqual([]);
    const open = await referred('11987657102');
    await heard(() => postWhatsApp(product, text('5511987657102', 'dois')));
    expect((await product.lead(open)).messages).toMatchObject([{ body: 'dois' }]);
    expect((await product.lead(old)).messages).toEqual([]);
  });

  test('from somebody known only by the message answered: their id is remembered', async () => {
    const leadId = await referred('11987657103');
    const { attemptId } = await beginSend(product, leadId);
    await product.database.tenant(product.tenantId, (rows) =>
      attemptAccepted(rows, attemptId, 'wamid.asked'),
    );
    const from = { from: undefined, from_user_id: 'BR.77' };
    expect(
      await heard(() => postWhatsApp(product, text('', 'oi', { ...from, context: { id: 'wamid.asked' } }))),
    ).toBe('replied');
    expect(await heard(() => postWhatsApp(product, text('', 'oi de novo', from)))).toBe('replied');
    expect((await product.lead(leadId)).messages).toHaveLength(3);
  });

  test('from nobody we know: kept as an event, and nothing else', async () => {
    const before = await countRows(product.query);
    expect(await heard(() => postWhatsApp(product, text('5511987657199', 'oi')))).toBe('no_lead');
    expect(await countRows(product.query)).toEqual({ ...before, inbox_event: before.inbox_event! + 1 });
  });

  test('a stop: kept as a message too, every open journey cancelled, and once for all', async () => {
    const leadId = await referred('11987657104');
    expect(await heard(() => postWhatsApp(product, text('5511987657104', 'PARAR')))).toBe('opted_out');
    expect(await heard(() => postWhatsApp(product, text('5511987657104', 'parar, por favor')))).toBe(
      'replied',
    );
    expect((await product.lead(leadId)).messages).toHaveLength(2);
    expect((await words(leadId))[0]).toEqual({ kind: 'cancel', payload: {} });
    expect(await kinds(leadId)).toEqual(['received', 'replied', 'opted_out', 'replied']);
    const resume = change(
      { user_preferences: [{ wa_id: '5511987657104', value: 'resume', timestamp: 2 }] },
      'user_preferences',
    );
    expect(await heard(() => postWhatsApp(product, resume))).toBe('kept');
    await expect(beginSend(product, leadId)).rejects.toThrow('opted_out');
  });

  test('a stop of somebody we do not know yet holds when they are referred', async () => {
    expect(await heard(() => postWhatsApp(product, text('553187657105', 'STOP')))).toBe('opted_out');
    expect((await product.refer({ telefone: '(31) 98765-7105' })).status).toBe('opted_out');
  });
});
