import { conversedSince } from '../../src/db/journeys.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct({ worker: false });

const conversed = (leadId: string) =>
  product.database.tenant(product.tenantId, (rows) => conversedSince(rows, leadId, 24));

/** The agent wrote so many hours ago. */
const agent = (leadId: string, hours: number) =>
  product.query('update lead set agent_wrote_at = now() - make_interval(hours => $2) where id = $1', [
    leadId,
    hours,
  ]);

/** A message of the lead, in or out, so many hours ago. */
const message = (direction: string, state: string) => (leadId: string, hours: number) =>
  product.query(
    `insert into message (tenant_id, lead_id, person_id, channel_id, direction, stage, kind, state, created_at)
     select current_tenant(), l.id, l.person_id, v.channel_id, $3, 'main', 'text', $4,
       now() - make_interval(hours => $2)
     from lead l join flow_version v on v.flow_id = l.flow_id and v.version = l.flow_version where l.id = $1`,
    [leadId, hours, direction, state],
  );

test.each([
  ['the agent wrote', agent, true],
  ['the person wrote', message('in', 'received'), true],
  ['our own message left', message('out', 'sent'), false],
])('%s within the day: is that a conversation? Before it, it never is', async (_what, write, counts) => {
  const { lead_id } = await product.refer();
  expect(await conversed(lead_id)).toBe(false);
  await write(lead_id, 25);
  expect(await conversed(lead_id)).toBe(false);
  await write(lead_id, 23);
  expect(await conversed(lead_id)).toBe(counts);
});
