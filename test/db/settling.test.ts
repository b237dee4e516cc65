import { attemptUnanswered, decideAttempt, settleAttempt } from '../../src/db/sends.ts';
import { beginSend } from '../harness/sends.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { applyEvents, change, postWhatsApp, status } from '../inbox/webhooks.ts';

const GRACE = 5;

const product = suiteProduct({ worker: false });
// One send says of another of its channel what became of it: those of earlier tests are to say nothing.
beforeEach(() => product.query(`update send_attempt set begun_at = begun_at - interval '1 day'`));

/** A send that was begun so many seconds ago, whose call has ended, as far as anybody knows, or not. */
async function begun(secondsAgo: number, call: 'ended' | 'open' = 'ended') {
  const { lead_id: leadId } = await product.refer();
  const { attemptId } = await beginSend(product, leadId);
  if (call === 'ended') {
    await product.database.tenant(product.tenantId, (rows) => attemptUnanswered(rows, attemptId));
  }
  await product.query(`update send_attempt set begun_at = now() - make_interval(secs => $2) where id = $1`, [
    attemptId,
    secondsAgo,
  ]);
  return { leadId, attemptId };
}

const settled = ({ attemptId }: { attemptId: string }) =>
  product.database.tenant(product.tenantId, (rows) => settleAttempt(rows, attemptId, GRACE));

/** WhatsApp told so many seconds ago that the message of this attempt left. */
async function reported({ attemptId }: { attemptId: string }, secondsAgo = GRACE) {
  const statuses = [status(`wamid.${attemptId}`, 'sent', attemptId)];
  expect(await postWhatsApp(product, change({ statuses }))).toBe(200);
  await applyEvents(product);
  await product.query(
    'update send_attempt set reported_at = now() - make_interval(secs => $2) where id = $1',
    [attemptId, secondsAgo],
  );
}

test('a later message of which nothing is known either tells nothing; once it has its status, it does', async () => {
  const unknown = await begun(600);
  const later = await begun(300);
  expect(await settled(unknown)).toBe('undecided');
  await reported(later);
  expect(await settled(unknown)).toBe('not_sent');
});

test('an earlier message that has its status tells nothing of a later one', async () => {
  const earlier = await begun(600);
  const unknown = await begun(300);
  await reported(earlier);
  expect(await settled(unknown)).toBe('undecided');
});

test('a channel that is heard of again only now tells nothing yet: what came meanwhile may be told late', async () => {
  const unknown = await begun(600);
  const later = await begun(300);
  await reported(later, GRACE / 2 - 1);
  expect(await settled(unknown)).toBe('undecided');
  await reported(later, GRACE / 2 + 1);
  expect(await settled(unknown)).toBe('not_sent');
});

test('within the grace time nothing is given up', async () => {
  const unknown = await begun(GRACE - 3);
  await reported(await begun(0));
  expect(await settled(unknown)).toBe('undecided');
});

test('a call that may still be under way is not given up, however short the grace time', async () => {
  const young = await begun(GRACE + 3, 'open');
  const old = await begun(60, 'open');
  await reported(await begun(0));
  expect(await settled(young)).toBe('undecided');
  expect(await settled(old)).toBe('not_sent');
});

test('what was decided stays so, whoever decides again', async () => {
  const unknown = await begun(60);
  const decide = (ended: 'accepted' | 'not_sent', by: 'status' | 'person') =>
    product.database.tenant(product.tenantId, (rows) => decideAttempt(rows, unknown.attemptId, ended, by));
  expect(await decide('accepted', 'status')).toBe(true);
  expect(await decide('not_sent', 'person')).toBe(false);
  expect((await product.lead(unknown.leadId)).messages[0].attempts).toMatchObject([
    { state: 'accepted', settled_by: 'status' },
  ]);
});

test('one that was given up and had left after all: people are told that the person may have got it twice', async () => {
  const unknown = await begun(60);
  await reported(await begun(0));
  expect(await settled(unknown)).toBe('not_sent');
  const again = await beginSend(product, unknown.leadId);
  await reported(again);
  expect(await product.lead(unknown.leadId)).toMatchObject({ attention: null });
  await reported(unknown);
  expect(await product.lead(unknown.leadId)).toMatchObject({ attention: 'sent_twice' });
});
