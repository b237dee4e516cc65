import { identitiesOf } from '../../src/db/identities.ts';
import { noteIdentities } from '../../src/db/names.ts';
import { createSealing } from '../../src/db/sealing.ts';
import { attemptAccepted } from '../../src/db/sends.ts';
import { describeWithFixtures, sharedJson, sharedJsonNames } from '../domain/shared-fixtures.ts';
import { type Product, startProduct } from '../harness/product.ts';
import { beginSend } from '../harness/sends.ts';
import { applyEvents, postWhatsApp } from './webhooks.ts';

type Json = Record<string, unknown>;

const FOLDER = 'whatsapp-cloud';
const names = sharedJsonNames(FOLDER).map((name) => name.replace('.json', ''));

/** Everybody of these payloads is one person here, under all these names. */
const WA_IDS = [
  '972987654321',
  '16505551234',
  '16315551234',
  '6268202924',
  'PHONE_NUMBER',
  'PHONE_NUMBER_ID',
  '<WHATSAPP_USER_PHONE_NUMBER>',
];
const BSUIDS = ['US.13491208655302741918', 'BSUID_123', '<BSUID>'];

/** What the message a status speaks of had been sent as. */
const SENT: Record<string, string> = {
  netflie__a_status_conversation_initiated_notification: 'wamid.ID',
  netflie__a_status_notification_with_errors: 'amid.ID',
  netflie__a_status_notification_without_expiration_time: 'wamid.ID',
  pywa__message_status__failed: 'wamid.xyzxyz',
  pywa__message_status__played: 'wamid.xyzxyz',
  softlivery__WebhookStatusEvent: 'wamid.PvMgEDLXbtZoDenzqqZVDsTz6VYZSCwivtcLj9sQ8tMz8JnbmeL07OA=',
};

/** What is stored of a payload, what comes of it, and what is to be seen afterwards. */
type Expected = {
  kind: string;
  outcome: string;
  message?: Json;
  timeline?: string | string[];
  /** Whether the lead's workflow is told. */
  told?: boolean;
  channel?: Json;
  template?: Json;
  lead?: Json;
};

const replied = (message: Json): Expected => ({
  kind: 'message',
  outcome: 'replied',
  message: { direction: 'in', state: 'received', ...message },
  timeline: 'replied',
  told: true,
});
const reacted = (body: string | null): Expected => ({
  kind: 'message',
  outcome: 'reacted',
  message: { direction: 'in', kind: 'reaction', body },
  timeline: 'reacted',
});
const status = (message: Json, more: Partial<Expected> = {}): Expected => ({
  kind: 'status',
  outcome: 'updated',
  message: { direction: 'out', ...message },
  ...more,
});
const account = (outcome: string, more: Partial<Expected>): Expected => ({
  kind: 'account',
  outcome,
  ...more,
});

const EXPECTED: Record<string, Expected> = {
  meta_openapi__button_message: {
    ...replied({ kind: 'button', body: 'Unsubscribe', button_payload: 'Unsubscribe' }),
    outcome: 'opted_out',
    timeline: ['replied', 'opted_out'],
  },
  meta_openapi__contact_sharing_message: replied({ kind: 'contacts', body: null }),
  meta_openapi__image_message: replied({ kind: 'image', body: 'Taj Mahal' }),
  meta_openapi__reaction_message: reacted('👍'),
  meta_openapi__text_message_from_click_to_whatsapp_ad: replied({
    kind: 'text',
    body: 'Hello! Can I get more info on this?',
  }),
  meta_openapi__unsupported_message: replied({ kind: 'unsupported', body: null }),
  netflie__a_button_notification: replied({ body: 'No', button_payload: 'No-Button-Payload' }),
  netflie__a_button_reply_notification: replied({
    kind: 'interactive',
    body: 'button-text',
    button_payload: 'unique-button-identifier-here',
  }),
  netflie__a_notification_with_bsuid_only_and_no_from: replied({ body: 'MESSAGE_BODY' }),
  netflie__a_removed_reaction_notification: reacted(null),
  netflie__a_status_conversation_initiated_notification: status({
    state: 'read',
    read_at: expect.any(String),
    delivered_at: expect.any(String),
  }),
  netflie__a_status_notification_with_errors: status(
    { state: 'failed', error_code: 131053, error_text: 'ERROR_TITLE' },
    { told: true, lead: { attention: 'send_failed' } },
  ),
  netflie__a_status_notification_without_expiration_time: status({ state: 'delivered', read_at: null }),
  netflie__can_keep_wa_id_priority_when_user_id_is_present: replied({ kind: 'text', body: 'MESSAGE_BODY' }),
  // Both of its messages have the same id: for us, one told twice.
  netflie__multiple_text_notification: replied({ body: expect.stringMatching(/^MESSAGE_BODY2?$/) }),
  pywa__account_update__account_deleted: account('paused', {
    channel: { state: 'paused', paused_by: 'provider', paused_until: null, pause_reason: 'ACCOUNT_DELETED' },
  }),
  pywa__account_update__account_disabled: account('kept', { channel: { state: 'active' } }),
  pywa__account_update__account_restriction: account('expired', { channel: { state: 'active' } }),
  pywa__callback_button__quick_reply_without_context: replied({
    kind: 'button',
    body: 'title',
    button_payload: 'callback_data',
  }),
  pywa__callback_selection__callback: replied({
    kind: 'interactive',
    body: 'title',
    button_payload: 'callback_data',
  }),
  pywa__edited_message__image: {
    kind: 'message',
    outcome: 'edited',
    message: { direction: 'in', kind: 'edit', body: 'Updated image caption' },
    timeline: 'edited',
  },
  pywa__message__audio: replied({ kind: 'audio', body: null }),
  pywa__message__contacts: replied({ kind: 'contacts' }),
  pywa__message__current_location: replied({ kind: 'location' }),
  pywa__message__forwarded: replied({ kind: 'text', body: 'forwarded text' }),
  pywa__message__forwarded_many_times: replied({ kind: 'text', body: 'text forwarded many times' }),
  pywa__message__image: replied({ kind: 'image', body: null }),
  pywa__message__reaction: reacted('😮'),
  pywa__message__text: replied({ kind: 'text', body: 'Body Text', sent_at: '2023-10-11T16:53:43.000Z' }),
  pywa__message__unsupported_with_type: replied({ kind: 'unsupported' }),
  pywa__message_status__failed: status(
    { state: 'failed', error_code: 130472, error_text: expect.stringContaining('part of an experiment') },
    { told: true, lead: { attention: 'send_failed' } },
  ),
  pywa__message_status__played: status({
    state: 'read',
    pricing: { billable: true, category: 'service', model: 'CBP' },
  }),
  pywa__outgoing_message__text: { kind: 'echo', outcome: 'agent_wrote', timeline: 'agent_wrote' },
  pywa__system__phone_number_change: {
    kind: 'number_change',
    outcome: 'number_changed',
    timeline: 'number_changed',
  },
  pywa__template_components_update__element: account('updated', {
    template: {
      name: 'my_message_template',
      components: [{ type: 'BODY', text: expect.stringMatching(/^Hi/) }],
    },
  }),
  pywa__template_quality_update__yellow: account('updated', {
    template: { name: 'welcome_template', quality: 'YELLOW' },
  }),
  pywa__user_marketing_preferences__resume: { kind: 'preference', outcome: 'kept' },
  pywa__user_marketing_preferences__signup: { kind: 'other', outcome: 'kept' },
  softlivery__WebhookMessageEvent: replied({ kind: 'image', body: 'Image caption example' }),
  softlivery__WebhookStatusEvent: status({
    state: 'sent',
    pricing: { billable: true, category: 'service', model: 'CBP' },
  }),
};

const isStop = (name: string) => EXPECTED[name]?.outcome === 'opted_out';

describeWithFixtures('payloads of others, through the real endpoint', () => {
  let product: Product;
  let leadId: string;
  beforeAll(async () => {
    product = await startProduct({ worker: false });
  });
  afterAll(() => product.stop());
  beforeEach(async () => {
    await product.query('delete from inbox_event');
    await product.query('delete from person_identity');
    await product.query('update message set wamid = null');
    await product.query('update send_attempt set wamid = null');
    leadId = (await product.refer()).lead_id;
    await product.database.tenant(product.tenantId, async ({ query }) => {
      const [lead] = await query<{ person_id: string }>('select person_id from lead where id = $1', [leadId]);
      const sealing = createSealing(product.secretKey);
      for (const waId of WA_IDS) {
        await noteIdentities(
          query,
          String(lead?.person_id),
          identitiesOf(sealing, product.tenantId, { waId }),
        );
      }
      await query(
        `insert into person_identity (tenant_id, kind, value, hash, person_id)
         select current_tenant(), 'bsuid', b, '\\x01', $1 from unnest($2::text[]) as b`,
        [lead?.person_id, BSUIDS],
      );
      await query('delete from engine_outbox');
    });
  });

  const channel = async () => (await product.call('GET', '/v1/channels')).body.channels[0];

  test('each has its line here', () => expect(Object.keys(EXPECTED).sort()).toEqual(names.sort()));

  const arrives = async (name: string) => {
    const body = sharedJson(`${FOLDER}/${name}.json`) as { entry: { id: string }[] };
    const expected = EXPECTED[name];
    if (!expected) throw new Error(`nothing is expected of ${name}`);
    await product.query(
      `update channel set business_account_id = $1, state = 'active', paused_by = null, pause_reason = null`,
      [body.entry[0]?.id],
    );
    await product.query(
      `insert into template (tenant_id, channel_id, name, language, status)
       select tenant_id, id, t.name, t.language, 'APPROVED' from channel
       cross join (values ('welcome_template', 'en_US'), ('my_message_template', 'he')) as t(name, language)
       on conflict do nothing`,
    );
    const wamid = SENT[name];
    if (wamid) {
      const { attemptId } = await beginSend(product, leadId);
      await product.database.tenant(product.tenantId, (rows) =>
        attemptAccepted(rows, attemptId, wamid, false),
      );
    }
    const before = await product.lead(leadId);

    expect(await postWhatsApp(product, body)).toBe(200);
    await applyEvents(product);

    const stored = await product.query<{ kind: string; state: string; outcome: string }>(
      'select kind, state, outcome from inbox_event',
    );
    expect(stored).toEqual([{ kind: expected.kind, state: 'applied', outcome: expected.outcome }]);
    const lead = await product.lead(leadId);
    const { message, timeline, template } = expected;
    if (message) expect(lead.messages).toEqual([expect.objectContaining(message)]);
    else expect(lead.messages).toEqual(before.messages);
    const news = (of: { timeline: { kind: string }[] }) =>
      of.timeline.map(({ kind }) => kind).filter((kind) => !['delivered', 'read', 'failed'].includes(kind));
    expect(news(lead).sort()).toEqual([...news(before), ...[timeline ?? []].flat()].sort());
    const told = await product.query('select from engine_outbox where lead_id = $1', [leadId]);
    expect(told).toHaveLength(expected.told ? 1 : 0);
    expect(lead).toMatchObject(expected.lead ?? { attention: before.attention });
    expect(await channel()).toMatchObject(expected.channel ?? { state: 'active', stopped_templates: [] });
    if (template) {
      const { templates } = (await product.call('GET', '/v1/templates')).body;
      expect(templates).toContainEqual(expect.objectContaining(template));
    }
    // The same again: known, and nothing else.
    expect(await postWhatsApp(product, body)).toBe(200);
    expect(await applyEvents(product)).toBe(0);
  };

  test.each(names.filter((name) => !isStop(name)))('%s', arrives);

  test('a number that changed is found under both', async () => {
    await postWhatsApp(product, sharedJson(`${FOLDER}/pywa__system__phone_number_change.json`));
    await applyEvents(product);
    const found = await product.query(
      `select from person_identity i join lead l on l.person_id = i.person_id
       where l.id = $1 and i.kind = 'wa_id' and i.value in ('972987654321', '972912345678')`,
      [leadId],
    );
    expect(found).toHaveLength(2);
  });

  test('what was banned is reinstated by the fixture that says so', async () => {
    const name = `${FOLDER}/pywa__account_update__account_disabled.json`;
    const body = sharedJson(name) as { entry: { id: string }[] };
    await product.query(
      `update channel set business_account_id = $1, state = 'paused', paused_by = 'provider', pause_reason = 'x'`,
      [body.entry[0]?.id],
    );
    await postWhatsApp(product, body);
    await applyEvents(product);
    expect(await channel()).toMatchObject({ state: 'active', paused_by: null });
  });

  // Last, as an opt-out holds for ever: what the same person says afterwards is of no lead.
  test.each(names.filter(isStop))('%s', arrives);
});
