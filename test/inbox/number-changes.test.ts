import { randomUUID } from 'node:crypto';
import { openGate } from '../../src/db/sends.ts';
import { beginSend } from '../harness/sends.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { change, outcomeOf, postWhatsApp, text } from './webhooks.ts';

const product = suiteProduct({ worker: false });

const heard = (body: unknown) => outcomeOf(product, postWhatsApp(product, body));
const moved = (from: string, to: string, over: Record<string, unknown> = {}) =>
  change({
    messages: [
      {
        from,
        id: `wamid.${randomUUID()}`,
        // A second from now, as what was written before the referral would be told late.
        timestamp: String(Math.floor(Date.now() / 1000) + 1),
        type: 'system',
        system: {
          type: 'user_changed_number',
          wa_id: to,
          body: `User A changed from ${from} to ${to}`,
          ...over,
        },
      },
    ],
  });

test('the new number is one more name of the person, who is written to there from now on', async () => {
  const { lead_id: leadId } = await product.refer({ telefone: '(31) 98765-6001' });
  expect(await heard(moved('553187656001', '5511987656002', { user_id: 'BR.moved.1' }))).toBe(
    'number_changed',
  );
  const { timeline, messages } = await product.lead(leadId);
  expect(timeline.map(({ kind }: { kind: string }) => kind)).toEqual(['received', 'number_changed']);
  expect(messages).toEqual([]);
  expect(await product.query(`select from engine_outbox where kind = 'signal'`)).toEqual([]);

  const [newest] = await product.query<{ value: string }>(
    `select value from person_identity where kind = 'wa_id' order by created_at desc limit 1`,
  );
  expect(newest?.value).toBe('5511987656002');
  expect(await heard(text('5511987656002', 'oi, mudei'))).toBe('replied');
  expect(await heard(text('', 'e agora?', { from: undefined, from_user_id: 'BR.moved.1' }))).toBe('replied');
  expect((await product.lead(leadId)).messages).toHaveLength(2);
  expect((await product.refer({ telefone: '11 98765-6002' })).lead_id).toBe(leadId);
});

test('the next message goes to the new number', async () => {
  const { lead_id: leadId, referral_id: referralId } = await product.refer({ telefone: '(31) 98765-6011' });
  // What WhatsApp called the former number when it was written to.
  await heard(text('553187656011', 'oi'));
  expect(await heard(moved('553187656011', '5511987656012'))).toBe('number_changed');
  const gate = await product.database.tenant(product.tenantId, (rows) =>
    openGate(
      rows,
      { leadId, referralId, stage: 'main' },
      { qualified: [], resendAfterHours: 0, weeklyMessages: 5, quietUntil: null },
    ),
  );
  expect(gate).toMatchObject({ kind: 'go', message: { waId: '5511987656012' } });
});

test('a stop under the former number holds under the new one, also of somebody never referred', async () => {
  expect(await heard(text('5511987656003', 'PARAR'))).toBe('opted_out');
  expect(await heard(moved('5511987656003', '5511987656004'))).toBe('no_lead');
  expect((await product.refer({ telefone: '11987656004' })).status).toBe('opted_out');

  const { lead_id: leadId } = await product.refer({ telefone: '11987656005' });
  await heard(text('5511987656005', 'SAIR'));
  expect(await heard(moved('5511987656005', '5511987656006'))).toBe('number_changed');
  await expect(beginSend(product, leadId)).rejects.toThrow('opted_out');
  // Also when nothing is left of the person but the list.
  const stopped = await product.query<{ n: number }>(
    `select count(*)::int as n from person_identity i join suppression s on s.hash = i.hash
     where i.value = '5511987656006'`,
  );
  expect(stopped[0]?.n).toBe(1);
});

test('of nobody we know: kept as an event', async () => {
  expect(await heard(moved('5511987656090', '5511987656091'))).toBe('no_lead');
  expect(await product.query(`select from person_identity where value = '5511987656091'`)).toEqual([]);
});
