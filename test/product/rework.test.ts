import { type Product, startProduct, until } from '../harness/product.ts';
import { inStage, kindsOf, viewOf } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';

/** Leads wake two seconds after they were referred. */
const soon = (from: Date) => new Date(from.getTime() + 2_000);

const product = suiteProduct({ wakeAt: soon });

const closed = (leadId: string) => inStage(product, leadId, 'closed');

describe('D+3', () => {
  test('no conversion: a new conversation, the second template, the label; read, it closes', async () => {
    const person = viewOf(product, '11982220001');
    const { lead_id } = await product.refer({ telefone: '11982220001' });
    const lead = await closed(lead_id);
    expect(lead).toMatchObject({ outcome: 'not_converted', rework: { count: 1 }, wake_at: null });
    expect(person.contacts()).toMatchObject([
      { customAttributes: { lead_flow_etapa: 'retrabalho_api_oficial' } },
    ]);
    const [first, second, ...more] = person.conversations();
    expect(more).toEqual([]);
    expect(first?.labels).toEqual([]);
    expect(second?.labels).toEqual(['retrabalho_api_oficial']);
    expect(lead.chatwoot.conversation_id).toBe(second?.id);
    expect(person.sends().map((send) => send.template)).toEqual([
      'indicacao_boas_vindas',
      'indicacao_retrabalho',
    ]);
    expect(lead.messages.map((m: { stage: string; state: string }) => [m.stage, m.state])).toEqual([
      ['main', 'read'],
      ['rework', 'read'],
    ]);
    const timeline = lead.timeline.filter((event: { stage: string }) => event.stage === 'rework');
    expect(timeline.map((event: { kind: string }) => event.kind)).toEqual(
      expect.arrayContaining(['delivered', 'read']),
    );
    expect(kindsOf({ timeline })).toEqual([
      'checked',
      'conversation_created',
      'template_sent',
      'rework_labelled',
      'contact_updated',
      'closed',
    ]);
  });

  test('converted in Chatwoot although its webhook was lost: closes as converted, nothing more is sent', async () => {
    product.sandbox.chatwoot.setWebhookFaults({ lose: 1 });
    try {
      const person = viewOf(product, '11982220002');
      const { lead_id } = await product.refer({ telefone: '11982220002' });
      const { chatwoot } = await inStage(product, lead_id, 'waiting');
      product.sandbox.chatwoot.setLabels(chatwoot.conversation_id, ['convertido']);
      const lead = await closed(lead_id);
      expect(lead).toMatchObject({ outcome: 'converted', rework: { count: 0 } });
      expect(lead.timeline).toContainEqual(
        expect.objectContaining({ kind: 'converted', detail: { source: 'chatwoot_check' } }),
      );
      expect(person.sends()).toHaveLength(1);
    } finally {
      product.sandbox.chatwoot.setWebhookFaults({});
    }
  });

  test('the label of an earlier sale, still on its conversation, sells nothing again', async () => {
    const person = viewOf(product, '11982220012');
    const { lead_id: sold } = await product.refer({ telefone: '11982220012' });
    const { chatwoot } = await inStage(product, sold, 'waiting');
    product.sandbox.chatwoot.setLabels(chatwoot.conversation_id, ['convertido']);
    expect(await closed(sold)).toMatchObject({ outcome: 'converted' });
    const { lead_id } = await product.refer({ telefone: '11982220012' });
    expect(lead_id).not.toBe(sold);
    expect(await closed(lead_id)).toMatchObject({ outcome: 'not_converted', rework: { count: 1 } });
    expect(person.sends()).toHaveLength(3);
  });

  test('not qualified, by a status changed after the referral: no rework', async () => {
    const person = viewOf(product, '11982220003');
    const { lead_id } = await product.refer({ telefone: '11982220003' });
    await product.call('PATCH', `/v1/leads/${lead_id}`, { status_indicacao: 'Não qualificado' });
    expect(await closed(lead_id)).toMatchObject({ outcome: 'not_converted', rework: { count: 0 } });
    expect(person.sends()).toHaveLength(1);
  });

  test('the contact was deleted in Chatwoot: contact and conversation are made again', async () => {
    const person = viewOf(product, '11982220004');
    const { lead_id } = await product.refer({ telefone: '11982220004' });
    const asleep = await inStage(product, lead_id, 'waiting');
    const { url, accountId, token } = product.sandbox.chatwoot;
    const answer = await fetch(`${url}/api/v1/accounts/${accountId}/contacts/${asleep.chatwoot.contact_id}`, {
      method: 'DELETE',
      headers: { api_access_token: token },
    });
    expect(answer.status).toBe(200);
    const lead = await closed(lead_id);
    expect(lead).toMatchObject({ outcome: 'not_converted', rework: { count: 1 } });
    expect(lead.chatwoot.contact_id).not.toBe(asleep.chatwoot.contact_id);
    expect(person.contacts().map((contact) => contact.id)).toEqual([lead.chatwoot.contact_id]);
    expect(person.conversations()).toMatchObject([{ labels: ['retrabalho_api_oficial'] }]);
    expect(person.sends()).toHaveLength(2);
  });
});

describe('before D+3', () => {
  let patient: Product;
  beforeAll(async () => {
    patient = await startProduct();
  });
  afterAll(() => patient.stop());

  test('the label convertido closes the lead at once', async () => {
    const { lead_id } = await patient.refer({ telefone: '11982230001' });
    const { chatwoot } = await inStage(patient, lead_id, 'waiting');
    patient.sandbox.chatwoot.setLabels(chatwoot.conversation_id, ['convertido']);
    const lead = await inStage(patient, lead_id, 'closed');
    expect(lead).toMatchObject({ outcome: 'converted' });
    const handle = patient.client.workflow.getHandle(lead_id);
    await until(async () => (await handle.describe()).status.name === 'COMPLETED');
  });

  test('a conversation merely resolved converts nothing', async () => {
    const { lead_id } = await patient.refer({ telefone: '11982230002' });
    const { chatwoot } = await inStage(patient, lead_id, 'waiting');
    patient.sandbox.chatwoot.setStatus(chatwoot.conversation_id, 'resolved');
    await until(async () => {
      const [event] = await patient.query<{ state: string }>(
        `select state from inbox_event where kind = 'conversation_status_changed'
         and (payload ->> 'conversationId')::int = $1`,
        [chatwoot.conversation_id],
      );
      return event?.state === 'applied';
    });
    expect(await patient.lead(lead_id)).toMatchObject({ stage: 'waiting', converted_at: null });
  });

  test('a conversion told by a CRM, under the other form of the phone', async () => {
    const { lead_id } = await patient.refer({ telefone: '11987770003' });
    await inStage(patient, lead_id, 'waiting');
    const told = await patient.call('POST', '/v1/conversions', { telefone: '+55 11 8777-0003' });
    expect(told).toMatchObject({ status: 202, body: { leads: [{ lead_id }] } });
    expect(await inStage(patient, lead_id, 'closed')).toMatchObject({ outcome: 'converted' });
  });

  test('run now: the rework starts before its time; a reply ends it', async () => {
    patient.sandbox.whatsapp.setBehaviour({ readRate: 0 });
    const person = viewOf(patient, '11982230004');
    const { lead_id } = await patient.refer({ telefone: '11982230004' });
    await inStage(patient, lead_id, 'waiting');
    expect(await patient.call('POST', `/v1/leads/${lead_id}/rework-now`)).toMatchObject({ status: 202 });
    await until(() => person.sends().length === 2);
    const reworked = await inStage(patient, lead_id, 'rework');
    expect(kindsOf(reworked)).toContain('rework_asked_for');
    await until(async () => kindsOf(await patient.lead(lead_id)).includes('contact_updated'));
    person.says('Oi, quero saber mais');
    const lead = await inStage(patient, lead_id, 'closed');
    expect(lead).toMatchObject({ outcome: 'not_converted' });
    expect(lead.messages.at(-1)).toMatchObject({
      direction: 'in',
      stage: 'rework',
      body: 'Oi, quero saber mais',
    });
    patient.sandbox.whatsapp.setBehaviour({ readRate: 1 });
  });

  test('a rework that cannot be delivered, for whatever reason, ends there', async () => {
    const person = viewOf(patient, '11982230007');
    const { lead_id } = await patient.refer({ telefone: '11982230007' });
    await inStage(patient, lead_id, 'waiting');
    patient.sandbox.whatsapp.setBehaviour({ delays: { deliveredMs: 60_000, readMs: 60_000 } });
    await patient.call('POST', `/v1/leads/${lead_id}/rework-now`);
    await until(() => person.sends().length === 2);
    patient.sandbox.whatsapp.setBehaviour({ delays: { deliveredMs: 60, readMs: 90 } });
    const wamid = String(person.sends()[1]?.wamid);
    patient.sandbox.whatsapp.setStatus({ wamid, status: 'failed', errorCode: 131049 });
    expect(await inStage(patient, lead_id, 'closed')).toMatchObject({
      outcome: 'not_converted',
      rework: { count: 1 },
    });
  });

  test('a referral that joins during the rework goes on with a new wait', async () => {
    patient.sandbox.whatsapp.setBehaviour({ readRate: 0 });
    const person = viewOf(patient, '11982230005');
    const { lead_id } = await patient.refer({ telefone: '11982230005' });
    await inStage(patient, lead_id, 'waiting');
    await patient.call('POST', `/v1/leads/${lead_id}/rework-now`);
    await until(() => person.sends().length === 2);
    expect(await patient.refer({ telefone: '11982230005' })).toMatchObject({ lead_id, status: 'joined' });
    const lead = await until(
      async () => {
        const found = await patient.lead(lead_id);
        return kindsOf(found).filter((kind) => kind === 'asleep').length === 2 && found;
      },
      { state: () => patient.lead(lead_id) },
    );
    expect(lead).toMatchObject({ stage: 'waiting', outcome: null, referral_count: 2 });
    patient.sandbox.whatsapp.setBehaviour({ readRate: 1 });
  });

  test('a number that is not on WhatsApp: outcome no_whatsapp', async () => {
    patient.sandbox.whatsapp.setBehaviour({ undeliverable: ['5511982230006'] });
    const { lead_id } = await patient.refer({ telefone: '11982230006' });
    expect(await inStage(patient, lead_id, 'closed')).toMatchObject({ outcome: 'no_whatsapp' });
  });
});
