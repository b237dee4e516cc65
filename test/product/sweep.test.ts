import { until } from '../harness/product.ts';
import { inStage, kindsOf, viewOf } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct();

const sweepNow = () => product.client.schedule.getHandle(`${product.taskQueue}-sweep`).trigger();

test('the sweep is scheduled every hour at a quarter past', async () => {
  const schedule = product.client.schedule.getHandle(`${product.taskQueue}-sweep`);
  const { spec, info } = await until(() => schedule.describe().catch(() => null));
  expect(spec.calendars).toMatchObject([{ minute: [{ start: 15, end: 15 }], hour: [{ start: 0, end: 23 }] }]);
  expect(info.nextActionTimes[0]?.getUTCMinutes()).toBe(15);
});

test('a lead the engine never heard of is started; it sends once', async () => {
  const person = viewOf(product, '11986660001');
  await product.stopWorker();
  const { lead_id } = await product.refer({ telefone: '11986660001' });
  // The word for the engine is lost, as by a hand in the database; the lead has stood still for an hour.
  await product.query('delete from engine_outbox where lead_id = $1', [lead_id]);
  await product.query(`update lead set updated_at = now() - interval '1 hour' where id = $1`, [lead_id]);
  await product.startWorker();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await product.lead(lead_id)).toMatchObject({ stage: 'main' });
  await sweepNow();
  await inStage(product, lead_id, 'waiting');
  expect(person.sends()).toHaveLength(1);
});

test('a lead of which the engine lost the whole history goes on where it was: reworked, its first message not repeated', async () => {
  const person = viewOf(product, '11986660002');
  const { lead_id } = await product.refer({ telefone: '11986660002' });
  await inStage(product, lead_id, 'waiting');
  const handle = product.client.workflow.getHandle(lead_id);
  await handle.terminate('lost');
  await forgotten(lead_id);
  await product.query(`update lead set wake_at = now() - interval '20 minutes' where id = $1`, [lead_id]);
  await product.query(
    `update lead_event set detail = jsonb_build_object('wakeAt', now() - interval '20 minutes')
     where lead_id = $1 and kind = 'asleep'`,
    [lead_id],
  );
  await sweepNow();
  const lead = await inStage(product, lead_id, 'closed');
  expect(lead).toMatchObject({ outcome: 'not_converted', rework: { count: 1 } });
  expect(person.sends().map((send) => send.template)).toEqual([
    'indicacao_boas_vindas',
    'indicacao_retrabalho',
  ]);
  expect(person.conversations()).toHaveLength(2);
}, 150_000);

test('what is said of leads whose workflows the engine lost is heard: they are started again, nothing is repeated', async () => {
  const refer = async (telefone: string) => {
    const { lead_id } = await product.refer({ telefone });
    await inStage(product, lead_id, 'waiting');
    return lead_id as string;
  };
  const phones = ['11986660011', '11986660012', '11986660013'] as const;
  const [stopped = '', sold = '', asked = ''] = await Promise.all(phones.map(refer));
  await Promise.all([stopped, sold, asked].map(forgotten));
  viewOf(product, phones[0]).says('SAIR');
  await product.call('POST', '/v1/conversions', { lead_id: sold });
  await product.call('POST', `/v1/leads/${asked}/rework-now`);
  expect(await inStage(product, stopped, 'closed')).toMatchObject({ outcome: 'opted_out' });
  expect(await inStage(product, sold, 'closed')).toMatchObject({ outcome: 'converted' });
  expect(await inStage(product, asked, 'closed')).toMatchObject({ rework: { count: 1 } });
  expect(phones.map((phone) => viewOf(product, phone).sends().length)).toEqual([1, 1, 2]);
  expect(phones.map((phone) => viewOf(product, phone).contacts().length)).toEqual([1, 1, 1]);
}, 150_000);

test('a lead whose workflow ops terminated is shown to people, and not started again', async () => {
  const { lead_id } = await product.refer({ telefone: '11986660003' });
  await inStage(product, lead_id, 'waiting');
  await product.client.workflow.getHandle(lead_id).terminate('by ops');
  await product.query(`update lead set wake_at = now() - interval '20 minutes' where id = $1`, [lead_id]);
  await sweepNow();
  await until(async () => (await product.lead(lead_id)).attention === 'workflow_gone');
  expect(viewOf(product, '11986660003').sends()).toHaveLength(1);
});

test('sweep, run now and timer all at once: one rework', async () => {
  const person = viewOf(product, '11986660004');
  const { lead_id } = await product.refer({ telefone: '11986660004' });
  await inStage(product, lead_id, 'waiting');
  await product.query(`update lead set wake_at = now() - interval '20 minutes' where id = $1`, [lead_id]);
  await Promise.all([
    sweepNow(),
    product.call('POST', `/v1/leads/${lead_id}/rework-now`),
    product.call('POST', `/v1/leads/${lead_id}/rework-now`),
  ]);
  const lead = await inStage(product, lead_id, 'closed');
  expect(person.sends()).toHaveLength(2);
  expect(kindsOf(lead).filter((kind) => kind === 'template_sent')).toHaveLength(2);
});

test('a changed setting moves only new leads; the instant is stored when the lead falls asleep', async () => {
  const old = await product.refer({ telefone: '11986660005' });
  const { wake_at: before } = await inStage(product, old.lead_id, 'waiting');
  await product.call('PATCH', '/v1/settings', { rework: { days: 10, time: '15:30' } });
  await new Promise((resolve) => setTimeout(resolve, 5_500)); // settings are served from memory for 5 s at most
  const young = await product.refer({ telefone: '11986660006' });
  const { wake_at: after } = await inStage(product, young.lead_id, 'waiting');
  expect((await product.lead(old.lead_id)).wake_at).toBe(before);
  expect(new Date(before).toISOString()).toMatch(/T12:00:00.000Z$/);
  expect(new Date(after).toISOString()).toMatch(/T18:30:00.000Z$/);
  const days = (Date.parse(after) - Date.parse(before)) / 86_400_000;
  expect(Math.floor(days)).toBe(7);
});

/** The engine forgets a workflow when it comes to it; asked again, sooner. */
async function forgotten(leadId: string): Promise<void> {
  const handle = product.client.workflow.getHandle(leadId);
  await until(
    async () => {
      const forget = { namespace: 'default', workflowExecution: { workflowId: leadId } };
      await product.client.workflowService.deleteWorkflowExecution(forget).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 500));
      return handle.describe().then(
        () => false,
        () => true,
      );
    },
    { ms: 90_000 },
  );
}
