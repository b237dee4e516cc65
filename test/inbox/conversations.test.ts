import { randomUUID } from 'node:crypto';
import { OWN_MESSAGE_MARK, ownSourceId } from '../../src/domain/chatwoot-marks.ts';
import { timelineOf, wordsFor } from '../harness/leads.ts';
import { countRows } from '../harness/stored.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { hear, type Place, referInChatwoot } from './chatwoot-leads.ts';
import { applyEvents, conversation, postChatwoot } from './webhooks.ts';

const product = suiteProduct({ worker: false });
let inboxId: number;
beforeAll(async () => {
  inboxId = product.sandbox.chatwoot.inboxId;
});

let places = 0;
function newPlace(): Place & { phone: string } {
  places++;
  return { contactId: 300 + places, conversationId: 600 + places, phone: `11987657${300 + places}` };
}
async function newLead() {
  const place = newPlace();
  return { ...place, leadId: await referInChatwoot(product, place.phone, place) };
}
const kinds = (leadId: string) => timelineOf(product, leadId);
const close = (leadId: string, outcome = 'not_converted') =>
  product.query(
    `update lead set stage = 'closed', outcome = $2, closed_at = now(),
       converted_at = case when $2 = 'converted' then now() end where id = $1`,
    [leadId, outcome],
  );

/** A conversation that now has these labels; `before`: what it had, where Chatwoot says so. */
const labelled = ({ contactId, conversationId }: Place, labels: string[], before?: string[]) => ({
  ...conversation(conversationId),
  labels,
  meta: { sender: { id: contactId } },
  ...(before
    ? { changed_attributes: [{ label_list: { previous_value: before, current_value: labels } }] }
    : {}),
});

/** What an agent writes, unless something else is said. */
const wrote = ({ contactId, conversationId }: Place, over: Record<string, unknown> = {}) => ({
  event: 'message_created',
  id: 1,
  content: 'Oi',
  message_type: 'outgoing',
  private: false,
  sender: { id: 11, type: 'user' },
  created_at: '2026-03-10T12:15:32.114Z',
  conversation: { id: conversationId, inbox_id: inboxId, meta: { sender: { id: contactId } } },
  ...over,
});
const said = (place: Place, content: string, over: Record<string, unknown> = {}) =>
  wrote(place, { message_type: 'incoming', sender: { id: place.contactId }, content, ...over });

describe('the account that a webhook names', () => {
  test.each([
    ['another than the connection’s: kept, and nothing is done', { id: 2 }, 'other_account', null],
    ['the connection’s', { id: 1 }, 'converted', expect.any(String)],
    ['none, as of older versions', undefined, 'converted', expect.any(String)],
  ])('%s', async (_, account, outcome, converted) => {
    const { leadId, ...place } = await newLead();
    expect(await hear(product, { ...labelled(place, ['convertido']), account })).toBe(outcome);
    expect(await product.lead(leadId)).toMatchObject({ converted_at: converted });
  });

  test('another’s stop is nobody’s of ours', async () => {
    const { leadId, ...place } = await newLead();
    expect(await hear(product, { ...said(place, 'SAIR'), account: { id: 2 } })).toBe('other_account');
    expect((await kinds(leadId)).includes('opted_out')).toBe(false);
    const { events } = (await product.call('GET', '/v1/events?outcome=other_account')).body;
    expect(events[0]).toMatchObject({ state: 'applied', outcome: 'other_account' });
  });
});

describe('the label that means a sale', () => {
  test.each([
    ['of the lead', (own: Place) => own],
    ["another of the person's", (own: Place) => ({ ...own, conversationId: 9_999 })],
  ])('on the conversation %s converts, once', async (_, whereOf) => {
    const { leadId, ...own } = await newLead();
    const where = whereOf(own);
    expect(await hear(product, labelled(where, ['vip', 'convertido_antes']))).toBe('kept');
    expect(await hear(product, labelled(where, ['vip', 'convertido'], ['vip']))).toBe('converted');
    expect(await hear(product, labelled(where, ['convertido']))).toBe('known');
    expect(await product.lead(leadId)).toMatchObject({ converted_at: expect.any(String) });
    expect(await kinds(leadId)).toEqual(['received', 'converted']);
    expect(await wordsFor(product, leadId)).toEqual([{ kind: 'signal', payload: { type: 'conversion' } }]);
  });

  test('on a conversation with the number of somebody, whose contact nobody knew', async () => {
    const leadId = (await product.refer({ telefone: '(31) 98765-7391' })).lead_id;
    const sender = { id: 7_001, phone_number: '+553187657391' };
    const body = { ...conversation(7_002), labels: ['convertido'], meta: { sender } };
    expect(await hear(product, body)).toBe('converted');
    expect(await kinds(leadId)).toEqual(['received', 'converted']);
  });

  test('on the conversation of nobody we know, or of another connection', async () => {
    expect(await hear(product, labelled({ contactId: 9_002, conversationId: 9_001 }, ['convertido']))).toBe(
      'no_lead',
    );
    expect(await hear(product, { ...conversation(9_001), labels: ['convertido'] })).toBe('no_lead');
    const { conversationId } = await newLead();
    const other = { ...conversation(conversationId), labels: ['convertido'] };
    await product.query(
      `insert into inbox_event (tenant_id, source, endpoint_id, dedupe_key, kind, payload)
       select tenant_id, source, $1, $2, kind, payload || jsonb_build_object('conversationId', $3::int)
       from inbox_event order by id desc limit 1`,
      [randomUUID(), randomUUID(), conversationId],
    );
    await applyEvents(product);
    const [event] = await product.query('select outcome from inbox_event order by id desc limit 1');
    expect(event).toEqual({ outcome: 'no_lead' });
    expect(await hear(product, other)).toBe('converted');
  });

  test('standing there since an earlier sale converts nothing; set anew it does', async () => {
    const { leadId: sold, ...place } = await newLead();
    await close(sold, 'converted');
    const leadId = await referInChatwoot(product, place.phone, place);
    const assigned = { assignee_id: { previous_value: 1, current_value: 2 } };
    const stale = labelled(place, ['convertido']);
    expect(await hear(product, { ...stale, changed_attributes: [assigned] })).toBe('kept');
    expect(await hear(product, stale)).toBe('known');
    expect(await kinds(leadId)).toEqual(['received']);
    expect(await hear(product, labelled(place, ['convertido'], []))).toBe('converted');
    expect(await kinds(leadId)).toEqual(['received', 'converted']);
  });
});

describe('a label that postpones or forbids the rework', () => {
  test.each(['adiar-7d', 'nao-retrabalhar'])('%s is told to the workflow when it is set', async (label) => {
    const { leadId, ...place } = await newLead();
    const told = { kind: 'signal', payload: { type: 'labelled' } };
    expect(await hear(product, labelled(place, ['vip', label], ['vip']))).toBe('labelled');
    expect(await hear(product, labelled(place, ['vip', label, 'x'], ['vip', label]))).toBe('kept');
    expect(await hear(product, labelled(place, ['vip'], ['vip', label]))).toBe('kept');
    expect(await wordsFor(product, leadId)).toEqual([told]);
    // Where Chatwoot does not say what is new, once too often does no harm.
    expect(await hear(product, labelled(place, [label]))).toBe('labelled');
    expect(await wordsFor(product, leadId)).toEqual([told, told]);
  });

  test('is told to the lead of that conversation alone, and to nobody where it is closed', async () => {
    const { leadId: old, ...place } = await newLead();
    await close(old);
    expect(await hear(product, labelled(place, ['adiar-7d'], []))).toBe('known');
    expect(await wordsFor(product, old)).toEqual([]);
    const leadId = await referInChatwoot(product, place.phone, { ...place, conversationId: 8_001 });
    expect(await hear(product, labelled(place, ['adiar-7d'], []))).toBe('labelled');
    expect(await wordsFor(product, leadId)).toHaveLength(1);
    expect(await wordsFor(product, old)).toEqual([]);
  });

  test('under the names that the tenant gave them', async () => {
    const { leadId, ...place } = await newLead();
    const names = { postponeLabel: 'depois', noReworkLabel: 'chega' };
    await product.call('PATCH', '/v1/settings', names);
    try {
      expect(await hear(product, labelled(place, ['adiar-7d', 'nao-retrabalhar'], []))).toBe('kept');
      expect(await hear(product, labelled(place, ['depois'], []))).toBe('labelled');
      expect(await hear(product, labelled(place, ['depois', 'chega'], ['depois']))).toBe('labelled');
    } finally {
      await product.call('PATCH', '/v1/settings', {
        postponeLabel: 'adiar-7d',
        noReworkLabel: 'nao-retrabalhar',
      });
    }
    expect(await wordsFor(product, leadId)).toHaveLength(2);
  });
});

describe('an agent who writes to the person', () => {
  const wroteAt = async (leadId: string) => {
    const [lead] = await product.query<{ at: Date | null }>(
      'select agent_wrote_at as at from lead where id = $1',
      [leadId],
    );
    return lead?.at?.toISOString() ?? null;
  };

  test('is kept with the time, on the timeline once a day on the tenant’s clocks', async () => {
    const { leadId, ...place } = await newLead();
    const at = (created_at: unknown) => hear(product, wrote(place, { created_at }));
    // 02:59 and 03:01 in Greenwich are two days in São Paulo.
    expect(await at('2026-03-11T02:59:00.000Z')).toBe('agent_wrote');
    expect(await at('2026-03-10T12:00:00.000Z')).toBe('agent_wrote');
    expect(await wroteAt(leadId)).toBe('2026-03-11T02:59:00.000Z');
    expect(await at(1_773_198_060)).toBe('agent_wrote');
    expect(await at('2026-03-11T03:01:00.000Z')).toBe('agent_wrote');
    expect(await wroteAt(leadId)).toBe('2026-03-11T03:01:00.000Z');
    const { timeline } = await product.lead(leadId);
    const days = timeline.filter(({ kind }: { kind: string }) => kind === 'agent_wrote');
    expect(days.map(({ at, detail }: { at: string; detail: unknown }) => [at, detail])).toEqual([
      ['2026-03-11T02:59:00.000Z', { agent_id: 11 }],
      ['2026-03-11T03:01:00.000Z', { agent_id: 11 }],
    ]);
    expect(await wordsFor(product, leadId)).toEqual([]);
  });

  test('a time to come is taken for now, a missing one too', async () => {
    const { leadId, ...place } = await newLead();
    for (const created_at of ['2099-01-01T00:00:00Z', undefined]) {
      await hear(product, wrote(place, { created_at }));
      const at = Date.parse(String(await wroteAt(leadId)));
      expect(Math.abs(Date.now() - at)).toBeLessThan(60_000);
    }
  });

  test.each<[string, Record<string, unknown>]>([
    ['a private note', { private: true }],
    ['ours by the mark', { content_attributes: { [OWN_MESSAGE_MARK]: 'note_referral:1' } }],
    ['ours by the source id', { source_id: ownSourceId('note_referral:1') }],
    ['a bot', { sender: { id: 2, type: 'agent_bot' } }],
    ['a rule of Chatwoot’s', { sender: null, content_attributes: { automation_rule_id: 3 } }],
    ['an activity line', { message_type: 'activity', sender: null }],
    ['the person', { message_type: 'incoming', sender: { id: 300 }, content: 'Quero saber mais' }],
    ['the person, as REST says it', { message_type: 0, sender: { id: 300 } }],
    ['a message changed later', { event: 'message_updated' }],
  ])('not counted: %s', async (_, over) => {
    const { leadId, ...place } = await newLead();
    const before = [await product.lead(leadId), await countRows(product.query)] as const;
    expect(await hear(product, wrote(place, over))).toBe('kept');
    const [lead, rows] = before;
    expect(await product.lead(leadId)).toEqual(lead);
    expect(await countRows(product.query)).toEqual({ ...rows, inbox_event: rows.inbox_event! + 1 });
    expect(await wroteAt(leadId)).toBeNull();
  });

  test('to somebody without an open lead', async () => {
    const { leadId, ...place } = await newLead();
    await close(leadId);
    expect(await hear(product, wrote(place))).toBe('no_lead');
    expect(await hear(product, wrote({ contactId: 9_003, conversationId: 9_003 }))).toBe('no_lead');
    expect(await wroteAt(leadId)).toBeNull();
  });
});

describe('a stop that only Chatwoot saw', () => {
  test('cancels the open journey and holds for the number, told twice or once', async () => {
    const { leadId, ...place } = await newLead();
    expect(await hear(product, said(place, ' Parar! '))).toBe('opted_out');
    expect(await hear(product, said(place, ' Parar! '))).toBe('opted_out');
    expect(await kinds(leadId)).toEqual(['received', 'opted_out']);
    expect((await wordsFor(product, leadId))[0]).toEqual({ kind: 'cancel', payload: {} });
    await close(leadId, 'opted_out');
    expect((await product.refer({ telefone: place.phone })).status).toBe('opted_out');
  });

  test('as REST says it, in the conversation of a lead that is closed', async () => {
    const { leadId, ...place } = await newLead();
    await close(leadId);
    expect(await hear(product, said(place, 'sair', { message_type: 0, created_at: 1_773_198_060 }))).toBe(
      'opted_out',
    );
    expect((await product.refer({ telefone: place.phone })).status).toBe('opted_out');
  });

  test('of somebody we do not know yet, in our number’s inbox, holds when they are referred', async () => {
    const channel = 'Channel::Whatsapp';
    const contact_inbox = { contact_id: 9_100, source_id: '553187657392' };
    const at = { id: 9_101, inbox_id: inboxId, channel, contact_inbox };
    const body = said({ contactId: 9_100, conversationId: 9_101 }, 'STOP', { conversation: at });
    const elsewhere = { ...body, conversation: { ...at, inbox_id: inboxId + 1 } };
    expect(await hear(product, elsewhere)).toBe('no_lead');
    expect(await hear(product, body)).toBe('opted_out');
    expect((await product.refer({ telefone: '(31) 98765-7392' })).status).toBe('opted_out');
  });

  test('does not count as a note, from an agent, within a sentence, or in an inbox of other things', async () => {
    const { leadId, ...place } = await newLead();
    const shop = { id: 9_200, inbox_id: inboxId + 1, meta: { sender: { id: place.contactId } } };
    const bodies = [
      said(place, 'SAIR', { private: true }),
      said(place, 'Quero sair do Simples Nacional'),
      said(place, 'CANCELAR', { conversation: shop }),
      wrote(place, { content: 'SAIR' }),
    ];
    const outcomes = [];
    for (const body of bodies) outcomes.push(await hear(product, body));
    expect(outcomes).toEqual(['kept', 'kept', 'no_lead', 'agent_wrote']);
    expect(await kinds(leadId)).not.toContain('opted_out');
    expect(await wordsFor(product, leadId)).toEqual([]);
  });
});

describe('a contact', () => {
  const linked = (contactId: number) =>
    product.query<{ person_id: string }>(
      `select person_id from person_identity where kind = 'chatwoot_contact' and value = $1`,
      [String(contactId)],
    );

  test('with our identifier is that person’s from then on, and nobody else’s', async () => {
    const ids: string[] = [];
    for (const telefone of ['11987657393', '11987657394']) {
      const [lead] = await product.query<{ person_id: string }>('select person_id from lead where id = $1', [
        (await product.refer({ telefone })).lead_id,
      ]);
      ids.push(String(lead?.person_id));
    }
    const contact = { event: 'contact_created', id: 7_100, identifier: `lead-flow:${ids[0]}` };
    expect(await hear(product, contact)).toBe('linked');
    expect(await hear(product, { ...contact, event: 'contact_updated' })).toBe('kept');
    expect(await hear(product, { ...contact, identifier: `lead-flow:${ids[1]}` })).toBe('kept');
    expect(await linked(7_100)).toEqual([{ person_id: ids[0] }]);
  });

  test.each([
    ['of another’s making', 'crm:1', null],
    ['of a person who is not there', `lead-flow:${randomUUID()}`, null],
    ['with nothing but the number', null, '+5511987657395'],
  ])('%s is nobody’s', async (_, identifier, phone_number) => {
    await product.refer({ telefone: '11987657395' });
    expect(await hear(product, { event: 'contact_created', id: 7_200, identifier, phone_number })).toBe(
      'kept',
    );
    expect(await linked(7_200)).toEqual([]);
  });
});

test('a conversation resolved, typing, and whatever else Chatwoot tells: kept, and nothing else', async () => {
  const { leadId, ...place } = await newLead();
  const before = [await product.lead(leadId), await countRows(product.query)] as const;
  const bodies = [
    { ...labelled(place, ['convertido']), event: 'conversation_status_changed', status: 'resolved' },
    { ...labelled(place, ['convertido']), event: 'conversation_created' },
    { event: 'conversation_typing_on', conversation: labelled(place, ['convertido']) },
    { event: 'contact_updated', id: place.contactId },
    { event: 'message_created', content: 'SAIR' },
  ];
  for (const body of bodies) expect(await hear(product, body)).toBe('kept');
  const [lead, rows] = before;
  expect(await product.lead(leadId)).toEqual(lead);
  expect(await countRows(product.query)).toEqual({ ...rows, inbox_event: rows.inbox_event! + bodies.length });
});

test('one delivery that comes a hundred times at once has one effect', async () => {
  const { leadId, ...place } = await newLead();
  const delivery = randomUUID();
  const body = labelled(place, ['adiar-7d'], []);
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => postChatwoot(product, body, { delivery })),
  );
  expect(new Set(answers)).toEqual(new Set([200]));
  await applyEvents(product);
  expect(await wordsFor(product, leadId)).toHaveLength(1);
});
