import { attemptAccepted, pauseChannel, stopTemplate } from '../../src/db/sends.ts';
import { NUMBER } from '../../src/sandbox/whatsapp/records.ts';
import { until } from '../harness/product.ts';
import { beginSend } from '../harness/sends.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { applyEvents, change, ONE, outcomeOf, postWhatsApp, status, storing } from './webhooks.ts';

type Json = Record<string, unknown>;

const [TEMPLATE, LANGUAGE] = ['indicacao_boas_vindas', 'pt_BR'];

const product = suiteProduct({ worker: false });
let channelId: string;
let clock = 1_790_000_000;
beforeAll(async () => {
  channelId = (await channel()).id;
});
beforeEach(async () => {
  clock += 1_000;
  await product.call('PATCH', `/v1/channels/${channelId}`, { state: 'active' });
  await product.query('delete from template');
});

const channel = async () => (await product.call('GET', '/v1/channels')).body.channels[0];
const templates = async () => (await product.call('GET', '/v1/templates')).body.templates;

/** A change of the account as Meta posts it. */
const ofAccount = (field: string, value: Json, time: number | null, id: string = NUMBER.wabaId) => ({
  object: 'whatsapp_business_account',
  entry: [{ id, ...(time === null ? {} : { time }), changes: [{ field, value }] }],
});

/** Posts it, applies it, and says what came of it. */
const heard = (body: unknown) => outcomeOf(product, postWhatsApp(product, body));

const template = (event: string, over: Json = {}, time: number | null = clock++) =>
  ofAccount(
    'message_template_status_update',
    {
      event,
      message_template_id: 1,
      message_template_name: TEMPLATE,
      message_template_language: LANGUAGE,
      reason: 'NONE',
      ...over,
    },
    time,
  );
const account = (value: Json, time: number | null = clock++, id?: string) =>
  ofAccount('account_update', value, time, id);
const restricted = (until: number, time?: number) =>
  account(
    {
      event: 'ACCOUNT_RESTRICTION',
      restriction_info: [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration: until }],
    },
    time,
  );
const ban = (state: string, time?: number) =>
  account({ event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: state } }, time);

/** What the gate says to a new lead's first message. */
async function gate(): Promise<string> {
  const { lead_id: leadId } = await product.refer();
  return beginSend(product, leadId).then(
    () => 'go',
    (error: Error) => /"reason":"(\w+)"/.exec(error.message)?.[1] ?? error.message,
  );
}
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

describe('a template', () => {
  test('paused: nothing of it leaves, in Meta’s words; approved: it goes on', async () => {
    const other_info = { title: 'FIRST_PAUSE', description: 'Paused for 3 hours.' };
    expect(await heard(template('PAUSED', { other_info }))).toBe('updated');
    expect(await gate()).toBe('template_stopped');
    const reason = 'PAUSED: FIRST_PAUSE — Paused for 3 hours.';
    expect((await channel()).stopped_templates).toEqual([
      { template: TEMPLATE, language: LANGUAGE, reason, stopped_by: 'provider', since: expect.any(String) },
    ]);
    expect(await templates()).toMatchObject([
      {
        name: TEMPLATE,
        channel_id: channelId,
        status: 'PAUSED',
        stop: { reason, stopped_by: 'provider' },
      },
    ]);
    expect(await heard(template('APPROVED'))).toBe('updated');
    expect(await gate()).toBe('go');
    expect(await templates()).toMatchObject([{ status: 'APPROVED', stop: null }]);
  });

  test.each(['DISABLED', 'REJECTED', 'FLAGGED'])('%s stops it, too', async (event) => {
    await heard(template(event));
    expect(await gate()).toBe('template_stopped');
  });

  test('another language, another template: goes on', async () => {
    await heard(template('PAUSED', { message_template_language: 'en' }));
    await heard(template('PAUSED', { message_template_name: 'outro' }));
    expect(await gate()).toBe('go');
  });

  test('approved lifts what an error stopped; a pause takes its stop over', async () => {
    const stop = () =>
      product.database.tenant(product.tenantId, (rows) =>
        stopTemplate(rows, { channelId, template: TEMPLATE, language: LANGUAGE, reason: 'code 132015' }),
      );
    await stop();
    expect((await channel()).stopped_templates).toMatchObject([{ stopped_by: 'error' }]);
    await heard(template('PAUSED'));
    expect((await channel()).stopped_templates).toMatchObject([{ stopped_by: 'provider', reason: 'PAUSED' }]);
    await heard(template('APPROVED'));
    await stop();
    await heard(template('APPROVED'));
    expect((await channel()).stopped_templates).toEqual([]);
  });

  test('told late, the older changes nothing; nor does the same told again', async () => {
    const [early, late] = [clock, clock + 60];
    clock += 100;
    expect(await heard(template('APPROVED', {}, late))).toBe('updated');
    expect(await heard(template('PAUSED', {}, early))).toBe('overtaken');
    expect(await gate()).toBe('go');
    const again = await storing(product, () => postWhatsApp(product, template('PAUSED', {}, early)));
    expect(again).toEqual({ ...ONE, events: 0 });
  });

  test('what the list has said since is not undone by a webhook that comes late', async () => {
    await heard(template('PAUSED'));
    await heard(template('APPROVED'));
    await product.query(
      `update template set synced_at = now() + interval '1 day' where name = $1 and language = $2`,
      [TEMPLATE, LANGUAGE],
    );
    expect(await heard(template('PAUSED', {}, clock + 10))).toBe('overtaken');
    expect(await gate()).toBe('go');
  });

  test('without a time it counts as of now', async () => {
    expect(await heard(template('PAUSED', { reason: String(clock) }, null))).toBe('updated');
    expect(await gate()).toBe('template_stopped');
  });

  test('its quality and its words are kept', async () => {
    await heard(template('APPROVED'));
    const named = {
      message_template_id: 1,
      message_template_name: TEMPLATE,
      message_template_language: LANGUAGE,
    };
    const rated = { ...named, previous_quality_score: 'GREEN', new_quality_score: 'YELLOW' };
    const worded = { ...named, message_template_element: 'Olá!' };
    expect(await heard(ofAccount('message_template_quality_update', rated, clock++))).toBe('updated');
    expect(await heard(ofAccount('message_template_components_update', worded, clock++))).toBe('updated');
    expect(await templates()).toMatchObject([
      { quality: 'YELLOW', components: [{ type: 'BODY', text: 'Olá!' }], status: 'APPROVED' },
    ]);
    const unknown = { ...rated, message_template_name: 'nunca_visto' };
    expect(await heard(ofAccount('message_template_quality_update', unknown, clock++))).toBe(
      'unknown_template',
    );
  });

  test('templates of a number that is none, or asked for otherwise', async () => {
    const ask = async (query: string) => (await product.call('GET', `/v1/templates?${query}`)).status;
    expect(await ask(`channel_id=${channelId}`)).toBe(200);
    expect(await ask('channel_id=x')).toBe(400);
    expect(await ask('nome=x')).toBe(400);
    expect((await product.call('DELETE', '/v1/templates')).status).toBe(405);
  });
});

describe('the account', () => {
  test('restricted: its number waits until then, and goes on by itself', async () => {
    const end = inSeconds(2);
    expect(await heard(restricted(end))).toBe('paused');
    expect(await channel()).toMatchObject({
      state: 'paused',
      paused_by: 'provider',
      paused_until: new Date(end * 1000).toISOString(),
      pause_reason: 'ACCOUNT_RESTRICTION: RESTRICTED_BIZ_INITIATED_MESSAGING',
    });
    expect(await gate()).toBe('channel_paused');
    await until(async () => (await channel()).state === 'active', { ms: 20_000 });
    expect(await channel()).toMatchObject({ paused_by: null, paused_until: null, pause_reason: null });
    expect(await gate()).toBe('go');
    await product.database.tenant(product.tenantId, (rows) => pauseChannel(rows, channelId, 'code 190'));
    expect(await channel()).toMatchObject({ state: 'paused', paused_by: 'error', paused_until: null });
  });

  test('a restriction that is over already pauses nothing', async () => {
    expect(await heard(restricted(inSeconds(-60)))).toBe('expired');
    expect((await channel()).state).toBe('active');
  });

  test.each<[string, Json]>([
    ['banned', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } }],
    ['deleted', { event: 'ACCOUNT_DELETED' }],
  ])('%s: paused until it is reinstated', async (_, value) => {
    expect(await heard(account(value))).toBe('paused');
    expect(await channel()).toMatchObject({ state: 'paused', paused_by: 'provider', paused_until: null });
    expect(await heard(restricted(inSeconds(60)))).toBe('kept');
    expect(await channel()).toMatchObject({ paused_until: null });
    expect(await heard(ban('REINSTATE'))).toBe('lifted');
    expect(await channel()).toMatchObject({ state: 'active', paused_by: null });
  });

  test('a ban that is only announced pauses nothing', async () => {
    expect(await heard(ban('SCHEDULE_FOR_DISABLE'))).toBe('kept');
    expect((await channel()).state).toBe('active');
  });

  test('what a person paused stays theirs, whatever WhatsApp says; a person lifts what it paused', async () => {
    await product.call('PATCH', `/v1/channels/${channelId}`, { state: 'paused' });
    const mine = { state: 'paused', paused_by: 'person', pause_reason: 'paused by hand', paused_until: null };
    expect(await channel()).toMatchObject(mine);
    expect(await heard(restricted(inSeconds(1)))).toBe('kept');
    expect(await heard(ban('REINSTATE'))).toBe('kept');
    expect(await channel()).toMatchObject(mine);
    await product.call('PATCH', `/v1/channels/${channelId}`, { state: 'active' });
    await heard(ban('DISABLE'));
    await product.call('PATCH', `/v1/channels/${channelId}`, { messages_per_second: 20 });
    expect(await channel()).toMatchObject({ state: 'paused', paused_by: 'provider' });
    const { body } = await product.call('PATCH', `/v1/channels/${channelId}`, { state: 'active' });
    expect(body).toMatchObject({ state: 'active', paused_by: null, pause_reason: null });
  });

  test('a restriction takes over what its first refusal paused; a bare refusal waits for a person', async () => {
    const refused = () =>
      product.database.tenant(product.tenantId, (rows) => pauseChannel(rows, channelId, 'code 131031'));
    await refused();
    expect(await heard(ban('REINSTATE'))).toBe('kept');
    expect(await channel()).toMatchObject({ state: 'paused', paused_by: 'error' });
    expect(await heard(ban('DISABLE'))).toBe('paused');
    expect(await heard(ban('REINSTATE'))).toBe('lifted');
  });

  test('told late, the older changes nothing', async () => {
    const [early, late] = [clock, clock + 60];
    clock += 100;
    expect(await heard(ban('REINSTATE', late))).toBe('kept');
    expect(await heard(ban('DISABLE', early))).toBe('overtaken');
    expect((await channel()).state).toBe('active');
    expect(await heard(ban('DISABLE', late))).toBe('paused');
    expect(await heard(ban('REINSTATE', early))).toBe('overtaken');
    expect((await channel()).state).toBe('paused');
  });

  test('of another business: kept, and nothing else', async () => {
    expect(await heard(account({ event: 'ACCOUNT_DELETED' }, clock++, '999'))).toBe('unknown_account');
    expect((await channel()).state).toBe('active');
  });

  test.each<[string, Json]>([
    ['account_alerts', { entity_type: 'BUSINESS', alert_info: { alert_type: 'OBA_APPROVED' } }],
    ['phone_number_name_update', { decision: 'APPROVED' }],
    ['account_update', { event: 'PARTNER_ADDED' }],
    ['history', { threads: [] }],
  ])('%s is kept', async (field, value) => {
    const before = await channel();
    expect(await heard(ofAccount(field, value, clock++))).toBe('kept');
    expect(await channel()).toEqual(before);
  });
});

test('a number’s quality and limit are shown; a higher throughput is no limit', async () => {
  const quality = (event: string, over: Json = {}) =>
    ofAccount(
      'phone_number_quality_update',
      { display_phone_number: NUMBER.digits, event, ...over },
      clock++,
    );
  expect(await heard(quality('FLAGGED', { current_limit: 'TIER_2K' }))).toBe('updated');
  expect(await channel()).toMatchObject({ quality: 'RED', messaging_limit: 'TIER_2K', state: 'active' });
  await heard(quality('UNFLAGGED'));
  await heard(quality('UPGRADE', { current_limit: 'TIER_10K' }));
  await heard(quality('THROUGHPUT_UPGRADE', { current_limit: 'TIER_UNLIMITED' }));
  expect(await channel()).toMatchObject({ quality: 'UNKNOWN', messaging_limit: 'TIER_10K' });
  const alone = await product.query<{ id: string }>('select id from channel');
  expect(alone).toHaveLength(1);
  await product.query(
    `insert into channel (tenant_id, kind, name, base_url, api_version, phone_number_id, business_account_id,
       token_sealed, app_secrets_sealed, verify_token_sealed, webhook_key_hash, chatwoot_inbox_id)
     select tenant_id, kind, 'Outro', base_url, api_version, '2', business_account_id, token_sealed,
       app_secrets_sealed, verify_token_sealed, '\\x00', chatwoot_inbox_id from channel`,
  );
  await heard(quality('FLAGGED', { current_limit: 'TIER_250' }));
  const { channels } = (await product.call('GET', '/v1/channels')).body;
  expect(channels.map((one: Json) => [one.quality, one.messaging_limit])).toEqual([
    ['UNKNOWN', 'TIER_250'],
    [null, 'TIER_250'],
  ]);
  await product.query(`delete from channel where name = 'Outro'`);
});

describe('a failure that comes by status', () => {
  async function failing(code: number, secondsAgo: number) {
    const { lead_id: leadId } = await product.refer();
    const { attemptId } = await beginSend(product, leadId);
    const wamid = `wamid.failing-${code}-${secondsAgo}`;
    await product.database.tenant(product.tenantId, (rows) => attemptAccepted(rows, attemptId, wamid, false));
    const over = { errors: [{ code, title: 'Refused' }], timestamp: String(inSeconds(-secondsAgo)) };
    expect(
      await postWhatsApp(product, change({ statuses: [status(wamid, 'failed', attemptId, over)] })),
    ).toBe(200);
    await applyEvents(product);
  }

  test('spam: the number is paused, as by a refusal', async () => {
    await failing(131048, 5);
    expect(await channel()).toMatchObject({
      state: 'paused',
      paused_by: 'error',
      pause_reason: expect.stringContaining('131048'),
    });
  });

  test('a template that is paused: it is stopped', async () => {
    await failing(132015, 5);
    expect(await channel()).toMatchObject({
      state: 'active',
      stopped_templates: [{ template: TEMPLATE, language: LANGUAGE, stopped_by: 'error' }],
    });
  });

  test('one of long ago, or of one person, stops nothing', async () => {
    await failing(131048, 3_600);
    await failing(131026, 5);
    expect(await channel()).toMatchObject({ state: 'active', stopped_templates: [] });
  });
});
