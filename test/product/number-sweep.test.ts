import { numberSweepActivities } from '../../activities/number-sweep.ts';
import { pauseChannel, stopTemplate } from '../../src/db/sends.ts';
import { until } from '../harness/product.ts';
import { addTenant } from '../harness/second-tenant.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { activityDependencies } from './activity-dependencies.ts';

const product = suiteProduct({ worker: false });
let channelId: string;
beforeAll(async () => {
  channelId = (await channel()).id;
  // Webhooks are lost: what is known comes from asking alone.
  product.sandbox.whatsapp.removeWebhooks();
});

const channel = async () => (await product.call('GET', '/v1/channels')).body.channels[0];
const template = async (name = 'indicacao_boas_vindas') =>
  (await product.call('GET', '/v1/templates')).body.templates.find(
    (one: { name: string }) => one.name === name,
  );
const ends: [string, string][] = [];
const sweep = () =>
  numberSweepActivities({
    ...activityDependencies(product),
    onSwept: (source, end) => ends.push([source, end]),
  }).sweepNumbers();
const stopByError = () =>
  product.database.tenant(product.tenantId, (rows) =>
    stopTemplate(rows, {
      channelId,
      template: 'indicacao_boas_vindas',
      language: 'pt_BR',
      reason: 'code 132000',
    }),
  );

test('templates and the number are known from the first sweep on', async () => {
  expect(await sweep()).toEqual({ numbers: 1, failed: 0 });
  expect(await channel()).toMatchObject({ quality: 'GREEN', messaging_limit: 'TIER_10K', state: 'active' });
  expect(await template()).toMatchObject({
    channel_id: channelId,
    language: 'pt_BR',
    status: 'APPROVED',
    category: 'MARKETING',
    quality: 'GREEN',
    components: [{ type: 'BODY', text: expect.stringContaining('{{1}}') }, { type: 'BUTTONS' }],
    stop: null,
  });
});

test('a pause that no webhook told is found, and lifted when it is over', async () => {
  const { whatsapp } = product.sandbox;
  whatsapp.setTemplate({ name: 'indicacao_boas_vindas', status: 'PAUSED', quality: 'RED' });
  await sweep();
  expect(await template()).toMatchObject({
    status: 'PAUSED',
    quality: 'RED',
    stop: { reason: 'PAUSED', stopped_by: 'provider' },
  });
  await product.query(`update template_stop set reason = 'PAUSED: FIRST_PAUSE — 3 hours'`);
  await sweep();
  expect((await template()).stop.reason).toBe('PAUSED: FIRST_PAUSE — 3 hours');
  whatsapp.setTemplate({ name: 'indicacao_boas_vindas', status: 'DISABLED' });
  await sweep();
  expect((await template()).stop.reason).toBe('DISABLED');
  whatsapp.setTemplate({ name: 'indicacao_boas_vindas', status: 'APPROVED' });
  await sweep();
  expect(await template()).toMatchObject({ status: 'APPROVED', stop: null });
});

test('what an error stopped stays so while the template was approved all along, not where it was not', async () => {
  await stopByError();
  await sweep();
  expect((await template()).stop).toMatchObject({ stopped_by: 'error' });
  await product.query(`update template set status = 'PENDING'`);
  await sweep();
  expect((await template()).stop).toBeNull();
});

test('a template that is gone is stopped', async () => {
  const { templates } = product.sandbox.whatsapp.state();
  const [gone] = templates.splice(1, 1);
  await sweep();
  expect(await template('indicacao_retrabalho')).toMatchObject({
    status: 'DELETED',
    stop: { reason: 'DELETED' },
  });
  templates.push(gone!);
  await sweep();
  expect(await template('indicacao_retrabalho')).toMatchObject({ status: 'APPROVED', stop: null });
});

test('what a webhook told after the question stays', async () => {
  await product.query(`update template set status = 'PAUSED', synced_at = now() + interval '1 minute'`);
  await sweep();
  expect(await template()).toMatchObject({ status: 'PAUSED' });
  await product.query('delete from template');
  await product.query('delete from template_stop');
});

test('a number that WhatsApp shut waits, and goes on when it is open; other pauses are left alone', async () => {
  const { whatsapp } = product.sandbox;
  whatsapp.setAccount({ event: 'number', status: 'RESTRICTED', quality: 'YELLOW', limit: 'TIER_2K' });
  await sweep();
  expect(await channel()).toMatchObject({
    state: 'paused',
    paused_by: 'provider',
    pause_reason: 'number status: RESTRICTED',
    quality: 'YELLOW',
    messaging_limit: 'TIER_2K',
  });
  whatsapp.setAccount({ event: 'number', status: 'FLAGGED' });
  await sweep();
  expect(await channel()).toMatchObject({ state: 'active', paused_by: null });
  await product.query(
    `update channel set state = 'paused', paused_by = 'provider', pause_reason = 'ACCOUNT_DELETED'`,
  );
  await sweep();
  expect(await channel()).toMatchObject({ state: 'paused', pause_reason: 'ACCOUNT_DELETED' });
  await product.call('PATCH', `/v1/channels/${channelId}`, { state: 'active' });
});

test('a refused token pauses its number until a person has seen to it, and holds up no other', async () => {
  // Asked first: its address leads nowhere.
  const other = await addTenant(product);
  await other.query(`update channel set business_account_id = '1'`);
  await product.call('PATCH', `/v1/channels/${channelId}`, { token: 'expired' });
  ends.length = 0;
  expect(await sweep()).toEqual({ numbers: 2, failed: 2 });
  expect(ends.sort()).toEqual([
    ['whatsapp', 'failed'],
    ['whatsapp', 'unauthorized'],
  ]);
  expect(await channel()).toMatchObject({
    state: 'paused',
    paused_by: 'error',
    pause_reason: 'WhatsApp: channel_stop (code 190, HTTP 401)',
  });
  expect((await other.call('GET', '/v1/channels')).body.channels).toMatchObject([{ state: 'active' }]);
  const { token } = product.sandbox.whatsapp;
  await product.call('PATCH', `/v1/channels/${channelId}`, { token });
  expect(await sweep()).toEqual({ numbers: 2, failed: 1 });
  expect((await channel()).state).toBe('paused');
  await product.call('PATCH', `/v1/channels/${channelId}`, { state: 'active' });
  await product.database.tenant(product.tenantId, (rows) => pauseChannel(rows, channelId, 'again'));
  await product.call('PATCH', `/v1/channels/${channelId}`, { state: 'active' });
  await other.query(`delete from flow_version`);
  await other.query(`delete from channel`);
});

test('a number whose business account is not known is asked about itself alone', async () => {
  await product.query('delete from template');
  await product.query('update channel set business_account_id = null, quality = null');
  expect(await sweep()).toEqual({ numbers: 1, failed: 0 });
  expect(await channel()).toMatchObject({ quality: 'YELLOW' });
  expect(await template()).toBeUndefined();
  await product.query('update channel set business_account_id = $1', [product.sandbox.whatsapp.wabaId]);
});

test('the hourly sweep asks, too, also while Chatwoot fails', async () => {
  product.sandbox.chatwoot.addFault({ kind: 'status', status: 500, when: 'before', times: 1_000 });
  await product.startWorker();
  const schedule = product.client.schedule.getHandle(`${product.taskQueue}-sweep`);
  await until(() => schedule.describe().catch(() => null));
  await schedule.trigger();
  await until(template);
  const ran = await until(async () => (await schedule.describe()).info.recentActions[0]);
  const workflowId = ran.action.type === 'startWorkflow' ? ran.action.workflow.workflowId : '';
  expect(await product.client.workflow.getHandle(workflowId).result()).toMatchObject({
    overdue: 0,
    conversations: { connections: 2, failed: 2 },
    numbers: { numbers: 1, failed: 0 },
  });
});
