import { cohortOf } from '../../src/temporal/pacing.ts';
import { inStage } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct();

/** A UUIDv7 of that instant. */
const idAt = (instant: string) => {
  const hex = Date.parse(instant).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};

test('those who came in during the same five minutes share their turns, others do not', () => {
  const cohort = (time: string) => cohortOf(idAt(`2026-11-22T${time}Z`));
  expect(cohort('09:00:00.000')).toBe(cohort('09:04:59.999'));
  expect(cohort('09:05:00.000')).not.toBe(cohort('09:04:59.999'));
});

test('a lead’s workflow takes its turns with its cohort, its sends with their number, at its pace', async () => {
  await product.query('update channel set messages_per_second = 40');
  const { lead_id } = await product.refer();
  await inStage(product, lead_id, 'waiting');
  const { events } = await product.client.workflow.getHandle(lead_id).fetchHistory();
  const started = events?.find((event) => event.workflowExecutionStartedEventAttributes);
  expect(started?.workflowExecutionStartedEventAttributes?.priority?.fairnessKey).toBe(cohortOf(lead_id));
  const send = events?.find((event) => event.activityTaskScheduledEventAttributes);
  const [channel] = await product.query<{ id: string }>('select id from channel');
  expect(send?.activityTaskScheduledEventAttributes?.priority).toMatchObject({
    priorityKey: 1,
    fairnessKey: channel?.id,
    fairnessWeight: 40,
  });
});
