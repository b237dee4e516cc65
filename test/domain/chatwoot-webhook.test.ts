import fc from 'fast-check';
import {
  contactIdentifierOf,
  OWN_MESSAGE_MARK,
  ownSourceId,
  personOfIdentifier,
} from '../../src/domain/chatwoot-marks.ts';
import { parseChatwootWebhook } from '../../src/domain/chatwoot-webhook.ts';
import { describeWithFixtures, sharedJson, sharedJsonNames } from './shared-fixtures.ts';

const conversation = {
  id: 128,
  inbox_id: 3,
  labels: ['convertido'],
  status: 'open',
  channel: 'Channel::Whatsapp',
  contact_inbox: { contact_id: 57, inbox_id: 3, source_id: '5511987654321' },
  meta: {
    sender: { id: 57, type: 'contact', identifier: 'lead-flow:x', phone_number: '+551187654321' },
    assignee: { id: 9, type: 'user' },
    team: { id: 4 },
  },
};
const incoming = {
  event: 'message_created',
  id: 991,
  account: { id: 1 },
  inbox: { id: 3 },
  content: 'Oi',
  message_type: 'incoming',
  private: false,
  sender: { id: 57 },
  source_id: 'wamid.x',
  created_at: '2026-03-10T12:15:32.114Z',
  conversation,
};
const outgoing = { ...incoming, message_type: 'outgoing', sender: { id: 9, type: 'user' }, source_id: null };

test('a message', () => {
  expect(parseChatwootWebhook(incoming)).toEqual({
    event: 'message_created',
    accountId: 1,
    inboxId: 3,
    conversationId: 128,
    contactId: 57,
    contactIdentifier: 'lead-flow:x',
    contactPhone: '+5511987654321',
    waId: '5511987654321',
    agentId: 9,
    teamId: 4,
    labels: ['convertido'],
    addedLabels: null,
    status: 'open',
    message: {
      id: 991,
      direction: 'incoming',
      private: false,
      text: 'Oi',
      fromApi: false,
      agentId: null,
      sourceId: 'wamid.x',
      createdAt: '2026-03-10T12:15:32.114Z',
    },
  });
});

test('REST shapes read the same', () => {
  const rest = {
    ...incoming,
    id: '991',
    account: { id: '1' },
    message_type: 0,
    created_at: 1773144932,
    conversation: { ...conversation, id: '128', status: 0, labels: [{ title: 'convertido' }] },
  };
  const expected = parseChatwootWebhook(incoming)!;
  expect(parseChatwootWebhook(rest)).toEqual({
    ...expected,
    message: { ...expected.message, createdAt: '2026-03-10T12:15:32.000Z' },
  });
});

test.each([
  ['incoming', 'incoming'],
  [0, 'incoming'],
  ['outgoing', 'outgoing'],
  [1, 'outgoing'],
  ['activity', 'other'],
  [2, 'other'],
  ['template', 'other'],
  [undefined, 'other'],
])('message type %j is %s', (message_type, direction) =>
  expect(parseChatwootWebhook({ ...incoming, message_type })?.message?.direction).toBe(direction),
);

test('an agent’s message names the agent; ours is known by its mark, a bot’s by its sender', () => {
  const messageOf = (more: object) => parseChatwootWebhook({ ...outgoing, ...more })?.message;
  expect(messageOf({})).toMatchObject({ agentId: 9, fromApi: false });
  expect(messageOf({ content_attributes: { [OWN_MESSAGE_MARK]: true } })).toMatchObject({ fromApi: true });
  expect(messageOf({ source_id: ownSourceId('note_referral:1') })).toMatchObject({ fromApi: true });
  expect(messageOf({ source_id: 'wamid.x' })).toMatchObject({ agentId: 9, fromApi: false });
  expect(messageOf({ content_attributes: { automation_rule_id: 4 } })).toMatchObject({ fromApi: true });
  expect(messageOf({ additional_attributes: { campaign_id: 7 } })).toMatchObject({ fromApi: true });
  expect(messageOf({ sender: { id: 2, type: 'agent_bot' } })).toMatchObject({ agentId: null, fromApi: true });
  expect(messageOf({ private: true })).toMatchObject({ private: true });
});

test('a conversation without labels said is not one without labels', () => {
  expect(parseChatwootWebhook({ event: 'conversation_updated', id: 1, labels: [] })?.labels).toEqual([]);
  expect(parseChatwootWebhook({ event: 'conversation_updated', id: 1 })?.labels).toBeNull();
});

test.each<[unknown, string[] | null]>([
  [[{ label_list: { previous_value: ['vip'], current_value: ['vip', 'convertido'] } }], ['convertido']],
  [[{ label_list: { previous_value: ['vip', 'convertido'], current_value: ['vip'] } }], []],
  [
    [{ assignee_id: { previous_value: 1, current_value: 2 } }, { label_list: { previous_value: [] } }],
    ['vip'],
  ],
  [{ label_list: { previous_value: [{ title: 'vip' }] } }, []],
  [[{ assignee_id: { previous_value: 1, current_value: 2 } }], []],
  [[{ label_list: { previous_value: null } }], null],
  [[{ label_list: 'convertido' }], null],
  [[], null],
  ['x', null],
  [undefined, null],
])('of the change %j the labels %j are new', (changed_attributes, added) => {
  const now = added?.includes('convertido') ? ['vip', 'convertido'] : ['vip'];
  const event = { event: 'conversation_updated', id: 1, labels: now, changed_attributes };
  expect(parseChatwootWebhook(event)?.addedLabels).toEqual(added);
});

test('the number of a contact: of a WhatsApp inbox also the digits it writes to', () => {
  const of = (more: object) => {
    const { contactPhone, waId } = parseChatwootWebhook({
      ...incoming,
      conversation: { ...conversation, ...more },
    })!;
    return { contactPhone, waId };
  };
  expect(of({ channel: 'Channel::Telegram' })).toMatchObject({ waId: null });
  expect(of({ channel: undefined, meta: { channel: 'Channel::Whatsapp' } })).toEqual({
    contactPhone: null,
    waId: '5511987654321',
  });
  expect(of({ contact_inbox: { source_id: 'BR.1234' } })).toMatchObject({ waId: null });
  expect(of({ meta: { sender: { phone_number: 'x' } } })).toMatchObject({ contactPhone: null });
});

test('a contact of ours is known by its identifier', () => {
  const id = '0199f2a4-7f0e-7cc3-98c4-dc0c0c07398f';
  expect(personOfIdentifier(contactIdentifierOf(id))).toBe(id);
  for (const other of [null, '', id, `lead-flow:${id}x`, 'lead-flow:1', `x lead-flow:${id}`]) {
    expect(personOfIdentifier(other)).toBeNull();
  }
  const contact = {
    event: 'contact_updated',
    id: 57,
    identifier: 'lead-flow:x',
    phone_number: '+551187654321',
  };
  expect(parseChatwootWebhook(contact)).toMatchObject({
    contactId: 57,
    contactIdentifier: 'lead-flow:x',
    contactPhone: '+5511987654321',
    waId: null,
  });
});

test('a typing event carries its conversation inside', () => {
  const event = parseChatwootWebhook({ event: 'conversation_typing_on', user: { id: 9 }, conversation });
  expect(event).toMatchObject({ conversationId: 128, contactId: 57, message: null });
});

test('NUL is taken out', () => {
  expect(parseChatwootWebhook({ ...incoming, content: 'S\0AIR' })?.message?.text).toBe('SAIR');
});

test.each([null, 3, 'x', [], {}, { event: true }, { event: '' }, { event: null }])(
  '%j is no webhook',
  (body) => expect(parseChatwootWebhook(body)).toBeNull(),
);

test('any JSON under any event is taken without throwing', () => {
  const events = ['message_created', 'message_updated', 'conversation_updated', 'contact_created', 'x'];
  const keys = [
    'id',
    'sender',
    'conversation',
    'meta',
    'labels',
    'account',
    'created_at',
    'message_type',
    '__proto__',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...events),
      fc.dictionary(
        fc.constantFrom(...keys),
        fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...keys), fc.jsonValue())),
      ),
      (event, body) => {
        expect(parseChatwootWebhook({ ...body, event })).toMatchObject({ event });
      },
    ),
    { numRuns: 300 },
  );
});

describeWithFixtures('shared payloads', () => {
  const parsed = (name: string) => parseChatwootWebhook(sharedJson(`chatwoot/${name}.json`));
  const names = sharedJsonNames('chatwoot').map((name) => name.replace('.json', ''));

  test.each(names)('%s', (name) => {
    const event = parsed(name)!;
    expect(event).toMatchObject({ event: name.split('__')[0], accountId: 1, contactId: 57 });
    const place = { conversationId: 128, inboxId: 3 };
    expect(event).toMatchObject(name.startsWith('contact') ? { conversationId: null, inboxId: null } : place);
  });

  test('a label that was added', () => {
    expect(parsed('conversation_updated__label_added')).toMatchObject({
      labels: ['venda-fechada'],
      addedLabels: ['venda-fechada'],
      status: 'open',
    });
  });

  test('a conversation resolved', () => {
    expect(parsed('conversation_status_changed__resolved')).toMatchObject({
      status: 'resolved',
      message: null,
    });
  });

  test('incoming and outgoing', () => {
    expect(parsed('message_created__incoming_optout')?.message).toMatchObject({
      direction: 'incoming',
      text: '  Parar. ',
    });
    expect(parsed('message_created__outgoing_agent')?.message).toMatchObject({
      direction: 'outgoing',
      agentId: 9,
    });
  });
});
