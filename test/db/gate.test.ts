import { recordOptOut } from '../../src/db/journeys.ts';
import { decideAttempt, type Gate, openGate, type SendStage } from '../../src/db/sends.ts';
import { newLead } from '../harness/product.ts';
import { beginSend } from '../harness/sends.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const RULES = { qualified: ['qualificado'], resendAfterHours: 24, weeklyMessages: 100, quietUntil: null };

const product = suiteProduct({ worker: false });

const refer = async (over: Record<string, unknown> = {}) => (await product.refer(over)).lead_id as string;

/** What the gate says of the lead's newest referral. */
function gate(leadId: string, rules: Partial<typeof RULES> = {}, stage: SendStage = 'main'): Promise<Gate> {
  return product.database.tenant(product.tenantId, async (rows) => {
    const [lead] = await rows.query<{ id: string }>('select referral_id as id from lead where id = $1', [
      leadId,
    ]);
    return openGate(rows, { leadId, referralId: String(lead?.id), stage }, { ...RULES, ...rules });
  });
}

const decide = (attemptId: string, ended: 'accepted' | 'not_sent') =>
  product.database.tenant(product.tenantId, (rows) => decideAttempt(rows, attemptId, ended, 'person'));

/** Somebody who was referred, written to, and referred again. */
async function referredAgain() {
  const phone = { telefone: newLead().telefone };
  const leadId = await refer(phone);
  const { attemptId } = await beginSend(product, leadId);
  expect(await refer(phone)).toBe(leadId);
  return { leadId, attemptId };
}

describe('a message of which nobody knows whether it left may have left', () => {
  test('so a referral that joins is not written to within the day, until it is known that it did not', async () => {
    const { leadId, attemptId } = await referredAgain();
    expect(await gate(leadId)).toEqual({ kind: 'refused', reason: 'recently_sent' });
    await decide(attemptId, 'not_sent');
    expect(await gate(leadId)).toMatchObject({ kind: 'go' });
  });

  test('so it counts among those of the week, until it is known that it did not', async () => {
    const { leadId, attemptId } = await referredAgain();
    const rules = { resendAfterHours: 0, weeklyMessages: 1 };
    expect(await gate(leadId, rules)).toMatchObject({ kind: 'hold', reason: 'weekly_limit' });
    await decide(attemptId, 'not_sent');
    expect(await gate(leadId, rules)).toMatchObject({ kind: 'go' });
  });
});

describe('what came to pass since the send was asked for', () => {
  test.each<[string, SendStage, string, string]>([
    ['converted', 'main', 'converted', 'update lead set converted_at = now() where id = $1'],
    ['converted', 'rework', 'converted', 'update lead set converted_at = now() where id = $1'],
    [
      'qualified no more',
      'rework',
      'not_qualified',
      `update lead set status_value = 'nao_qualificado' where id = $1`,
    ],
    [
      'closed',
      'main',
      'closed',
      `update lead set stage = 'closed', outcome = 'not_converted', closed_at = now() where id = $1`,
    ],
  ])('%s: no message of %s leaves (%s)', async (_what, stage, reason, change) => {
    const leadId = await refer();
    await product.query(change, [leadId]);
    expect(await gate(leadId, {}, stage)).toEqual({ kind: 'refused', reason });
    expect((await product.lead(leadId)).messages).toEqual([]);
  });

  test('opted out: nothing leaves', async () => {
    const leadId = await refer();
    const [lead] = await product.query<{ person_id: string }>('select person_id from lead where id = $1', [
      leadId,
    ]);
    await product.database.tenant(product.tenantId, (rows) =>
      recordOptOut(rows, { identities: [], personId: String(lead?.person_id), source: 'api' }),
    );
    expect(await gate(leadId)).toEqual({ kind: 'refused', reason: 'opted_out' });
  });

  test('who is not qualified gets a first message all the same', async () => {
    const leadId = await refer({ status_indicacao: 'nao_qualificado' });
    expect(await gate(leadId)).toMatchObject({ kind: 'go' });
  });
});

test('two sends to one person at the gate at once, with one message left of the week: one leaves', async () => {
  const { leadId, attemptId } = await referredAgain();
  await decide(attemptId, 'accepted');
  const rules = { resendAfterHours: 0, weeklyMessages: 2 };
  const gates = await Promise.all([gate(leadId, rules), gate(leadId, rules, 'rework')]);
  expect(gates.map(({ kind }) => kind).sort()).toEqual(['go', 'hold']);
});
