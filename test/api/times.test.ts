import { beginSend } from '../harness/sends.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct({ worker: false });

/** Every text in an answer that begins as an ISO date-time does, by where it stands. */
function times(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\d[T ]\d\d:/.test(value) ? [[path, value]] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => times(item, `${path}.${key}`));
}

test('every instant is written in one way: ISO 8601 in UTC, with milliseconds and Z', async () => {
  const receipt = await product.refer();
  const leadId = receipt.lead_id;
  const { attemptId } = await beginSend(product, leadId);
  await product.query(
    `update send_attempt set begun_at = '2026-11-20T09:00:00.123456-03:00', ended_at = '2026-11-20T12:00:00Z' where id = $1`,
    [attemptId],
  );
  await product.query(
    `update message set sent_at = now(), delivered_at = now(), read_at = now(), failed_at = now() where lead_id = $1`,
    [leadId],
  );
  await product.query(
    `update lead set stage = 'closed', outcome = 'converted', rework_count = 1, reworked_at = '2026-11-20T09:00:00.999999-03:00',
       created_at = '2026-11-19T21:00:00.000999-03:00', wake_at = now(), converted_at = now(), closed_at = now()
     where id = $1`,
    [leadId],
  );
  const page = await product.lead(leadId);
  const { body: list } = await product.call('GET', '/v1/leads');
  const found = times({ receipt, page, list });
  const fields = new Set(found.map(([path]) => path.replace(/^\.\w+|\.\d+/g, '')));
  expect([...fields]).toEqual(
    expect.arrayContaining([
      '.created_at',
      '.updated_at',
      '.closed_at',
      '.wake_at',
      '.converted_at',
      '.rework.at',
      '.referrals.created_at',
      '.messages.created_at',
      '.messages.sent_at',
      '.messages.read_at',
      '.messages.attempts.begun_at',
      '.messages.attempts.ended_at',
      '.timeline.at',
      '.leads.rework.at',
    ]),
  );
  for (const [path, time] of found) {
    expect([path, time]).toEqual([path, expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)]);
  }
  expect(page).toMatchObject({
    created_at: '2026-11-20T00:00:00.000Z',
    rework: { at: '2026-11-20T12:00:00.999Z' },
    messages: [
      { attempts: [{ begun_at: '2026-11-20T12:00:00.123Z', ended_at: '2026-11-20T12:00:00.000Z' }] },
    ],
  });
});
