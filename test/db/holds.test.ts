import { holdLead, releaseLead } from '../../src/db/sends.ts';
import type { Hold } from '../../src/domain/lead.ts';
import { closeLead } from '../harness/leads.ts';
import { beginSend } from '../harness/sends.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct({ worker: false });
let leadId: string;
beforeEach(async () => {
  leadId = (await product.refer()).lead_id;
});

async function held(reason: Hold, until: string | null = null) {
  await product.database.tenant(product.tenantId, (rows) =>
    holdLead(rows, leadId, { reason, until: until === null ? null : new Date(until) }),
  );
  return product.lead(leadId);
}

test('a lead says what its message waits for, since when at all and until when now', async () => {
  const until = '2026-11-27T11:00:00.000Z';
  const first = await held('channel_paused');
  expect(first).toMatchObject({
    attention: 'channel_paused',
    held: { reason: 'channel_paused', until: null },
  });
  const { since } = first.held;
  expect(await held('quiet_hours', until)).toMatchObject({
    attention: null,
    held: { reason: 'quiet_hours', since, until },
  });
  expect(await held('weekly_limit', until)).toMatchObject({
    attention: 'weekly_limit',
    held: { reason: 'weekly_limit', since, until },
  });
});

test('a person is asked for once a reason, and only for what they can mend', async () => {
  await held('template_stopped');
  await product.call('DELETE', `/v1/leads/${leadId}/attention`);
  expect(await held('template_stopped')).toMatchObject({ attention: null });
  await product.query(`update lead set attention = 'wants_to_talk' where id = $1`, [leadId]);
  expect(await held('quiet_hours')).toMatchObject({ attention: 'wants_to_talk' });
});

test('it waits no longer once the gate has opened, or the message will not leave', async () => {
  await held('weekly_limit', '2026-11-27T11:00:00.000Z');
  await beginSend(product, leadId);
  expect(await product.lead(leadId)).toMatchObject({ held: null });
  await held('channel_paused');
  await product.database.tenant(product.tenantId, (rows) => releaseLead(rows, leadId));
  expect(await product.lead(leadId)).toMatchObject({ held: null });
});

test('a closed lead waits for nothing', async () => {
  await held('channel_paused');
  await closeLead(product, leadId, 'erased');
  expect(await product.lead(leadId)).toMatchObject({ held: null });
  const { leads } = (await product.call('GET', '/v1/leads?held=true')).body;
  expect(leads.map(({ id }: { id: string }) => id)).not.toContain(leadId);
});
