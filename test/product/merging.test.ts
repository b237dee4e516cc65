import { leaveWord } from '../../src/db/outbox.ts';
import { until } from '../harness/product.ts';
import { inStage, kindsOf, viewOf } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { postWhatsApp, text } from '../inbox/webhooks.ts';

const product = suiteProduct();

/** Writes under a phone and an account, a second from now: what was written before anything here would be told late. */
const writes = async (from: string, userId: string, body: string) => {
  const timestamp = String(Math.floor(Date.now() / 1_000) + 1);
  const message = text(from, body, { from_user_id: userId, timestamp });
  expect(await postWhatsApp(product, message)).toBe(200);
};
const workflowOf = (leadId: string) => product.client.workflow.getHandle(leadId).describe();

test('two leads turn out to be one person’s: one journey goes on, for the newest consultant', async () => {
  const [first, second] = product.sandbox.chatwoot.agents;
  const { lead_id: older } = await product.refer({ telefone: '11984440001', consultor: first?.name });
  const { lead_id: younger } = await product.refer({ telefone: '11984440002', consultor: second?.name });
  await inStage(product, older, 'waiting');
  await inStage(product, younger, 'waiting');
  await writes('5511984440001', 'BR.4401', 'oi');
  await until(async () => (await product.lead(older)).messages.length === 2);
  await writes('5511984440002', 'BR.4401', 'sou eu também');

  const merged = await inStage(product, younger, 'closed');
  expect(merged).toMatchObject({ outcome: 'merged', merged_into: older, attention: null });
  await until(async () => (await workflowOf(younger)).status.name === 'CANCELLED');
  expect(kindsOf(merged)).not.toContain('cancelled');
  expect((await workflowOf(younger)).searchAttributes.LeadOutcome).toEqual(['merged']);

  const lead = await until(async () => {
    const page = await product.lead(older);
    return page.stage === 'waiting' && kindsOf(page).filter((kind) => kind === 'asleep').length === 2 && page;
  });
  expect(lead).toMatchObject({ consultant: second?.name, referral_count: 2, merged_leads: [younger] });
  expect(kindsOf(lead)).toContain('merged');
  const { conversation_id } = lead.chatwoot;
  const conversation = product.sandbox.chatwoot
    .state()
    .conversations.find(({ id }) => id === conversation_id);
  expect(conversation).toMatchObject({ assigneeId: second?.id });
  // Each referral's template left once, whichever lead it was sent for.
  for (const phone of ['11984440001', '11984440002'])
    expect(viewOf(product, phone).sendCalls()).toHaveLength(1);

  viewOf(product, '11984440002').says('SAIR');
  expect(await inStage(product, older, 'closed')).toMatchObject({ outcome: 'opted_out' });
  expect(await product.lead(younger)).toMatchObject({ outcome: 'merged' });
});

test('a phone that passed to somebody else before the rework: nothing is sent to it', async () => {
  const { lead_id } = await product.refer({ telefone: '11984440003' });
  await inStage(product, lead_id, 'waiting');
  await writes('5511984440003', 'BR.4403', 'oi');
  await until(async () => (await product.lead(lead_id)).messages.length === 2);
  await writes('5511984440003', 'BR.4404', 'engano');
  await until(async () => (await product.lead(lead_id)).attention === 'phone_changed_hands');
  expect(await product.call('POST', `/v1/leads/${lead_id}/rework-now`)).toMatchObject({ status: 409 });
  // Its time comes all the same.
  const payload = { type: 'rework_now' as const };
  await product.database.tenant(product.tenantId, (rows) =>
    leaveWord(rows, [{ leadId: lead_id, kind: 'signal', payload }]),
  );
  expect(await inStage(product, lead_id, 'closed')).toMatchObject({ outcome: 'not_converted' });
  expect(viewOf(product, '11984440003').sendCalls()).toHaveLength(1);
});

test('a contact id that Chatwoot gives again makes nobody one', async () => {
  const { lead_id: one } = await product.refer({ telefone: '11984440021' });
  const before = await inStage(product, one, 'waiting');
  const [person] = await product.query<{ id: string }>('select person_id as id from lead where id = $1', [
    one,
  ]);
  // Restored from yesterday's copy, it gives the next ids a second time.
  await product.query(
    `insert into person_identity (tenant_id, kind, value, hash, person_id)
     select current_tenant(), 'chatwoot_contact', n::text, sha256(n::text::bytea), $1
     from generate_series($2::int + 1, $2::int + 20) as n on conflict do nothing`,
    [person?.id, before.chatwoot.contact_id],
  );
  const { lead_id: other } = await product.refer({ telefone: '11984440022' });
  const lead = await inStage(product, other, 'waiting');
  expect(lead.chatwoot.contact_id).toBeGreaterThan(before.chatwoot.contact_id);
  expect(await product.lead(one)).toMatchObject({ stage: 'waiting', merged_leads: [] });
  expect(viewOf(product, '11984440022').sends()).toHaveLength(1);
});
