import { inStage } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;

const product = suiteProduct({ worker: false, wakeAt: (from) => new Date(from.getTime() + 3 * DAY) });

/** From when a lead's three days are counted that was referred so many minutes before its message could leave. */
async function countedFrom(leadId: string) {
  const lead = await inStage(product, leadId, 'waiting');
  const [attempt] = lead.messages[0].attempts;
  const from = Date.parse(lead.wake_at) - 3 * DAY;
  const [referred, left] = [lead.referrals[0].created_at, attempt.begun_at].map(Date.parse);
  return Math.abs(from - Number(left)) < MINUTE ? 'the message' : from === referred ? 'the referral' : from;
}

test('the three days are those since the referral, or since a first message that had to wait for an hour', async () => {
  const minutesAgo = async (minutes: number) => {
    const { lead_id } = await product.refer();
    await product.query(
      `update referral set created_at = created_at - make_interval(mins => $2) where lead_id = $1`,
      [lead_id, minutes],
    );
    return lead_id as string;
  };
  const [held, prompt] = [await minutesAgo(120), await minutesAgo(30)];
  await product.startWorker();
  expect([await countedFrom(held), await countedFrom(prompt)]).toEqual(['the message', 'the referral']);
});
