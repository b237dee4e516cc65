import type { WakeRule } from '../../src/domain/business-calendar.ts';
import { until } from '../harness/product.ts';
import { inStage, kindsOf, viewOf } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const DAY = 86_400_000;

/** Leads referred now wake in a day and two seconds; what puts them off is told apart by its days. */
let wakeIn = DAY + 2_000;
const wakeAt = (from: Date, rule: WakeRule) =>
  rule.days === 3 ? new Date(Date.now() + wakeIn) : new Date(from.getTime() + rule.days * DAY);

const product = suiteProduct({ wakeAt });
beforeEach(() => {
  wakeIn = DAY + 2_000;
});

const notesOf = (phone: string) =>
  viewOf(product, phone)
    .conversations()
    .flatMap((conversation) => conversation.messages.map((message) => message.content ?? ''));

const whenKind = (leadId: string, kind: string) =>
  until(
    async () => {
      const lead = await product.lead(leadId);
      return kindsOf(lead).includes(kind) && lead;
    },
    { ms: 20_000, state: () => product.lead(leadId) },
  );

const detailsOf = async (leadId: string) => {
  const metadata = await product.client.workflow
    .getHandle(leadId)
    .query<{ currentDetails: string }>('__temporal_workflow_metadata')
    .catch(() => null); // it has not started yet
  return metadata?.currentDetails ?? '';
};

/** Does `work` under changed settings; what was set before is back some seconds later, as memory serves it. */
async function withSettings(change: Record<string, unknown>, work: () => Promise<void>): Promise<void> {
  const before = (await product.call('GET', '/v1/settings')).body;
  expect(await product.call('PATCH', '/v1/settings', change)).toMatchObject({ status: 200 });
  await new Promise((resolve) => setTimeout(resolve, 5_100)); // settings are served from memory for 5 s
  try {
    await work();
  } finally {
    await product.call('PATCH', '/v1/settings', before);
  }
}

describe('before the rework', () => {
  test('the day before, the consultant finds one note that says when, and how to prevent it', async () => {
    const { lead_id } = await product.refer({ telefone: '11981230001' });
    const lead = await whenKind(lead_id, 'rework_announced');
    expect(lead.stage).toBe('waiting');
    const notes = notesOf('11981230001').filter((note) => note.includes('O retrabalho deste lead'));
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/marcado para \d\d\/\d\d\/\d{4} \d\d:\d\d: .* adiar-7d; .* nao-retrabalhar\./);
    expect(await detailsOf(lead_id)).toMatch(/^Aguardando o D\+3: acorda em \d\d\/\d\d\/\d{4}/);
  });

  test('an unqualified lead is not announced', async () => {
    const { lead_id } = await product.refer({
      telefone: '11981230002',
      status_indicacao: 'nao_qualificado',
    });
    await whenKind(lead_id, 'rework_not_due');
    expect(notesOf('11981230002').filter((note) => note.includes('retrabalho'))).toEqual([]);
  });

  test('adiar-7d, its webhook lost: found at D+3, put off by a week once, the label taken off', async () => {
    wakeIn = 3_000;
    product.sandbox.chatwoot.setWebhookFaults({ lose: 1 });
    try {
      const { lead_id } = await product.refer({ telefone: '11981230003' });
      const asleep = await inStage(product, lead_id, 'waiting');
      product.sandbox.chatwoot.setLabels(asleep.chatwoot.conversation_id, ['adiar-7d', 'vip']);
      const lead = await whenKind(lead_id, 'rework_postponed');
      expect(Date.parse(lead.wake_at) - Date.parse(asleep.wake_at)).toBe(7 * DAY);
      expect(lead).toMatchObject({ stage: 'waiting', rework: { count: 0 } });
      await until(() => viewOf(product, '11981230003').conversations()[0]?.labels.join() === 'vip');
      expect(notesOf('11981230003').filter((note) => note.includes('adiado para'))).toHaveLength(1);
      expect(viewOf(product, '11981230003').sends()).toHaveLength(1);
    } finally {
      product.sandbox.chatwoot.setWebhookFaults({});
    }
  });

  test('nao-retrabalhar: at D+3 the lead closes without a second message', async () => {
    wakeIn = 3_000;
    const { lead_id } = await product.refer({ telefone: '11981230004' });
    const { chatwoot } = await inStage(product, lead_id, 'waiting');
    product.sandbox.chatwoot.setLabels(chatwoot.conversation_id, ['nao-retrabalhar']);
    const lead = await inStage(product, lead_id, 'closed');
    expect(lead).toMatchObject({ outcome: 'not_converted', rework: { count: 0 } });
    expect(viewOf(product, '11981230004').sends()).toHaveLength(1);
    expect(lead.timeline).toContainEqual(
      expect.objectContaining({
        kind: 'checked',
        detail: { verdict: 'not_converted', label: 'nao-retrabalhar' },
      }),
    );
  });

  test('nao-retrabalhar: who asks for the rework now reads that the label forbids it, and may take it off', async () => {
    const { lead_id } = await product.refer({ telefone: '11981230014' });
    const { chatwoot } = await inStage(product, lead_id, 'waiting');
    product.sandbox.chatwoot.setLabels(chatwoot.conversation_id, ['nao-retrabalhar']);
    const ask = () => product.call('POST', `/v1/leads/${lead_id}/rework-now`);
    expect(await ask()).toMatchObject({
      status: 409,
      body: { type: expect.stringMatching(/lead_no_rework_label$/) },
    });
    expect(kindsOf(await product.lead(lead_id))).not.toContain('rework_asked_for');
    product.sandbox.chatwoot.setLabels(chatwoot.conversation_id, []);
    expect(await ask()).toMatchObject({ status: 202 });
    await until(() => viewOf(product, '11981230014').sends().length === 2);
  });

  test('a Chatwoot that does not answer keeps nobody from asking for the rework', async () => {
    const { lead_id } = await product.refer({ telefone: '11981230015' });
    await inStage(product, lead_id, 'waiting');
    product.sandbox.chatwoot.addFault({ match: { path: '/conversations$' }, kind: 'status', status: 503 });
    expect(await product.call('POST', `/v1/leads/${lead_id}/rework-now`)).toMatchObject({ status: 202 });
    await until(() => viewOf(product, '11981230015').sends().length === 2);
  });

  test('a number without WhatsApp: the consultant is told, nothing is reworked', async () => {
    product.sandbox.whatsapp.setBehaviour({ undeliverable: ['5511981230007'] });
    const { lead_id } = await product.refer({ telefone: '11981230007' });
    expect(await inStage(product, lead_id, 'closed')).toMatchObject({ outcome: 'no_whatsapp' });
    await until(() => notesOf('11981230007').some((note) => note.includes('não tem WhatsApp')));
    await until(
      async () => (await product.client.workflow.getHandle(lead_id).describe()).status.name === 'COMPLETED',
    );
  });
});

describe('what a send waits for', () => {
  test('a paused number: ops read it in one line, and the lead goes on when it is lifted', async () => {
    const { channels } = (await product.call('GET', '/v1/channels')).body;
    const channel = `/v1/channels/${channels[0].id}`;
    await product.call('PATCH', channel, { state: 'paused' });
    const { lead_id } = await product.refer({ telefone: '11981230008' });
    await until(async () => (await detailsOf(lead_id)).startsWith('O número está pausado'));
    await until(async () => (await product.lead(lead_id)).attention === 'channel_paused');
    const held = await product.lead(lead_id);
    expect(kindsOf(held).at(-1)).toBe('send_held');
    expect(held.held).toEqual({ reason: 'channel_paused', since: expect.any(String), until: null });
    await product.call('PATCH', channel, { state: 'active' });
    expect(viewOf(product, '11981230008').sendCalls()).toEqual([]);
    await product.call('POST', `/v1/leads/${lead_id}/opt-out`);
  });

  test.each([
    ['a sale', 'converted', (id: string) => product.call('POST', '/v1/conversions', { lead_id: id })],
    ['an opt-out', 'opted_out', (id: string) => product.call('POST', `/v1/leads/${id}/opt-out`)],
  ])('%s closes the lead at once, not when the hold is looked at again', async (what, outcome, end) => {
    const { channels } = (await product.call('GET', '/v1/channels')).body;
    const channel = `/v1/channels/${channels[0].id}`;
    await product.call('PATCH', channel, { state: 'paused' });
    try {
      const phone = what === 'a sale' ? '11981230021' : '11981230022';
      const { lead_id } = await product.refer({ telefone: phone });
      await whenKind(lead_id, 'send_held');
      await end(lead_id);
      // Waited for less long than the shortest hold.
      expect(await inStage(product, lead_id, 'closed')).toMatchObject({ outcome, held: null });
      expect(viewOf(product, phone).sendCalls()).toEqual([]);
    } finally {
      await product.call('PATCH', channel, { state: 'active' });
    }
  });

  test('Chatwoot away: ops read that it is waited for', async () => {
    product.sandbox.chatwoot.addFault({ match: {}, kind: 'status', status: 503, body: {}, times: 4 });
    const { lead_id } = await product.refer({ telefone: '11981230009' });
    await until(async () => (await detailsOf(lead_id)).startsWith('Esperando o Chatwoot voltar'));
    await inStage(product, lead_id, 'waiting', 60_000);
    expect(await detailsOf(lead_id)).toMatch(/^Aguardando o D\+3/);
  }, 90_000);

  test.each(['held_for_quality_assessment', 'paused'] as const)(
    'an answer %s does not count as sent',
    async (messageStatus) => {
      product.sandbox.whatsapp.setBehaviour({ messageStatus });
      try {
        const phone = messageStatus === 'paused' ? '11981230012' : '11981230013';
        const { lead_id } = await product.refer({ telefone: phone });
        const lead = await inStage(product, lead_id, 'waiting');
        expect(lead.messages).toMatchObject([{ state: 'queued', sent_at: null }]);
        expect(kindsOf(lead)).toContain('template_held');
        expect(kindsOf(lead)).not.toContain('template_sent');
        product.sandbox.whatsapp.setBehaviour({ messageStatus: 'accepted' });
        const [message] = viewOf(product, phone).sends();
        product.sandbox.whatsapp.setStatus({ wamid: message?.wamid ?? '', status: 'delivered' });
        await until(async () => (await product.lead(lead_id)).messages[0]?.state === 'delivered');
      } finally {
        product.sandbox.whatsapp.setBehaviour({ messageStatus: 'accepted' });
      }
    },
  );
});

describe('as the tenant has set it', () => {
  test('a conversation that is still going on: put off by a day where the tenant wants that, and only there', async () => {
    wakeIn = 4_000;
    const talk = async (phone: string) => {
      const { lead_id } = await product.refer({ telefone: phone });
      await inStage(product, lead_id, 'waiting');
      viewOf(product, phone).says('Estou vendo com meu sócio');
      return lead_id as string;
    };
    expect(await inStage(product, await talk('11981230005'), 'closed')).toMatchObject({
      rework: { count: 1 },
    });
    await withSettings({ rework: { deferWhenActive: true } }, async () => {
      const leadId = await talk('11981230006');
      const lead = await whenKind(leadId, 'rework_postponed');
      expect(lead).toMatchObject({ stage: 'waiting', rework: { count: 0 } });
      expect(notesOf('11981230006').at(-1)).toMatch(/adiado .* Retome o contato/);
      // Who asks by hand wants it now.
      expect(await product.call('POST', `/v1/leads/${leadId}/rework-now`)).toMatchObject({ status: 202 });
      await until(() => viewOf(product, '11981230006').sends().length === 2);
    });
  });

  test('quiet hours: nothing leaves', async () => {
    const now = new Date();
    const clock = (minutes: number) =>
      new Intl.DateTimeFormat('pt-BR', {
        timeZone: 'America/Sao_Paulo',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }).format(new Date(now.getTime() + minutes * 60_000));
    await withSettings({ quietHours: { from: clock(-5), to: clock(60) } }, async () => {
      const { lead_id } = await product.refer({ telefone: '11981230010' });
      const lead = await whenKind(lead_id, 'send_held');
      expect(lead).toMatchObject({ attention: null, held: { reason: 'quiet_hours' } });
      const ends = Date.parse(lead.held.until) - now.getTime();
      expect(ends).toBeGreaterThan(58 * 60_000);
      expect(ends).toBeLessThan(62 * 60_000);
      expect((await product.call('GET', '/v1/leads?held=true')).body.leads).toMatchObject([
        { id: lead_id, held: lead.held },
      ]);
      expect(await detailsOf(lead_id)).toMatch(/^Horário de silêncio: envia em \d\d\/\d\d\/\d{4} \d\d:\d\d$/);
      expect(viewOf(product, '11981230010').sendCalls()).toEqual([]);
    });
  });

  test('no more messages in a week than the tenant allows, over all leads of the person', async () => {
    await withSettings({ weeklyMessages: 2, resendAfterHours: 0 }, async () => {
      const phone = { telefone: '11981230011' };
      const { lead_id: first } = await product.refer(phone);
      await inStage(product, first, 'waiting');
      await product.call('POST', '/v1/conversions', { lead_id: first });
      await inStage(product, first, 'closed');
      const { lead_id: second } = await product.refer(phone);
      await inStage(product, second, 'waiting');
      expect(viewOf(product, phone.telefone).sends()).toHaveLength(2);
      await product.refer(phone);
      const held = await whenKind(second, 'send_held');
      const event = held.timeline.find((e: { kind: string }) => e.kind === 'send_held');
      expect(event.detail.reason).toBe('weekly_limit');
      expect(held).toMatchObject({
        attention: 'weekly_limit',
        held: { reason: 'weekly_limit', until: event.detail.until },
      });
      const week = Date.parse(event.detail.until) - Date.now();
      expect(week).toBeGreaterThan(6.9 * DAY);
      expect(week).toBeLessThan(7 * DAY);
      expect(viewOf(product, phone.telefone).sendCalls()).toHaveLength(2);
    });
  }, 60_000);
});
