import { effectOfTemplateStatus, readAccountUpdate, topicOf } from '../../src/domain/whatsapp-account.ts';
import { optOutOf, parseWhatsAppWebhook } from '../../src/domain/whatsapp-webhook.ts';

const TEMPLATE = {
  message_template_id: 1689556908129832,
  message_template_name: 'indicacao',
  message_template_language: 'pt_BR',
};
const status = (event: string, more: object = {}) =>
  readAccountUpdate('message_template_status_update', { event, ...TEMPLATE, reason: 'NONE', ...more });
const account = (value: object) => readAccountUpdate('account_update', value);
const restriction = (...restriction_info: object[]) =>
  account({ event: 'ACCOUNT_RESTRICTION', restriction_info });

describe('a template’s status', () => {
  test('a pause, in Meta’s words', () => {
    const other_info = { title: 'FIRST_PAUSE', description: 'Paused for 3 hours until 12:47 AM UTC.' };
    expect(status('PAUSED', { other_info, message_template_category: 'MARKETING' })).toEqual({
      about: 'template_status',
      name: 'indicacao',
      language: 'pt_BR',
      status: 'PAUSED',
      category: 'MARKETING',
      reason: 'PAUSED: FIRST_PAUSE — Paused for 3 hours until 12:47 AM UTC.',
    });
  });

  test.each<[string, object, string]>([
    ['REJECTED', { reason: 'INVALID_FORMAT' }, 'REJECTED: INVALID_FORMAT'],
    [
      'REJECTED',
      { reason: 'TAG', rejection_info: { reason: 'a', recommendation: 'b' } },
      'REJECTED: TAG — a — b',
    ],
    ['PENDING_DELETION', { reason: null }, 'PENDING_DELETION'],
    ['DISABLED', { reason: 'x'.repeat(900) }, `DISABLED: ${'x'.repeat(490)}`],
  ])('%s with %j', (event, more, reason) => expect(status(event, more)).toMatchObject({ reason }));

  test('reinstated is approved', () => expect(status('REINSTATED')).toMatchObject({ status: 'APPROVED' }));

  test.each(['LOCKED', 'LIMIT_EXCEEDED', 'UNARCHIVED'])('%s is no status', (event) =>
    expect(status(event)).toBeNull(),
  );

  test.each<[string, 'stop' | 'lift' | null]>([
    ['APPROVED', 'lift'],
    ['PAUSED', 'stop'],
    ['DISABLED', 'stop'],
    ['REJECTED', 'stop'],
    ['FLAGGED', 'stop'],
    ['PENDING', 'stop'],
    ['DELETED', 'stop'],
    ['PENDING_DELETION', 'stop'],
    ['SOMETHING_NEW', null],
    ['constructor', null],
  ])('%s: %s', (given, effect) => expect(effectOfTemplateStatus(given)).toBe(effect));

  test.each([
    [{ event: 'PAUSED', message_template_name: 'x' }],
    [{ ...TEMPLATE }],
    [{ ...TEMPLATE, event: {} }],
    [null],
    [['PAUSED']],
  ])('%j says nothing', (value) =>
    expect(readAccountUpdate('message_template_status_update', value)).toBeNull(),
  );
});

test('a template’s quality and components', () => {
  expect(
    readAccountUpdate('message_template_quality_update', {
      ...TEMPLATE,
      previous_quality_score: 'GREEN',
      new_quality_score: 'YELLOW',
    }),
  ).toEqual({ about: 'template_quality', name: 'indicacao', language: 'pt_BR', quality: 'YELLOW' });
  expect(
    readAccountUpdate('message_template_components_update', {
      ...TEMPLATE,
      message_template_title: 'Oi',
      message_template_element: 'Olá, {{1}}!',
      message_template_buttons: [
        { message_template_button_type: 'URL', message_template_button_text: 'Ver' },
        null,
      ],
    }),
  ).toMatchObject({
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'Oi' },
      { type: 'BODY', text: 'Olá, {{1}}!' },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'URL', text: 'Ver' },
          { type: '', text: '' },
        ],
      },
    ],
  });
});

describe('a number', () => {
  const quality = (value: object) =>
    readAccountUpdate('phone_number_quality_update', { display_phone_number: '551194', ...value });

  test.each<[object, unknown]>([
    [
      { event: 'FLAGGED', current_limit: 'TIER_10K' },
      { limit: 'TIER_10K', flagged: true },
    ],
    [{ event: 'UNFLAGGED' }, { limit: null, flagged: false }],
    [
      { event: 'UPGRADE', current_limit: 'TIER_100K' },
      { limit: 'TIER_100K', flagged: null },
    ],
    [
      { event: 'UPGRADE', current_limit: 'TIER_1K', max_daily_conversations_per_business: 'TIER_2K' },
      { limit: 'TIER_2K', flagged: null },
    ],
  ])('%j', (value, expected) => expect(quality(value)).toMatchObject(expected as object));

  test.each([
    [{ event: 'THROUGHPUT_UPGRADE', current_limit: 'TIER_UNLIMITED' }],
    [{ event: 'ONBOARDING', current_limit: 'many' }],
    [{}],
  ])('%j says nothing', (value) => expect(quality(value)).toBeNull());

  test('the limit of the business', () => {
    const value = { max_daily_conversations_per_business: 'TIER_10K', max_phone_numbers_per_business: 25 };
    expect(readAccountUpdate('business_capability_update', value)).toMatchObject({ limit: 'TIER_10K' });
  });
});

describe('the account', () => {
  const BIZ = 'RESTRICTED_BIZ_INITIATED_MESSAGING';

  test('restricted until the last of what is felt ends', () => {
    expect(
      restriction(
        { restriction_type: BIZ, expiration: 1793000000 },
        { restriction_type: 'RESTRICTED_ADD_PHONE_NUMBER_ACTION', expiration: 1799999999 },
        { restriction_type: 'SOMETHING_NEW', expiration: '1793000060' },
      ),
    ).toEqual({
      about: 'standing',
      effect: 'pause',
      reason: `ACCOUNT_RESTRICTION: ${BIZ} — SOMETHING_NEW`,
      until: '2026-10-26T07:34:20.000Z',
    });
  });

  test.each<[string, object[]]>([
    ['no end is said', [{ restriction_type: BIZ }]],
    ['one has no end', [{ restriction_type: BIZ, expiration: 1793000000 }, { restriction_type: 'X' }]],
    ['nothing is said', []],
    ['the end is none', [{ restriction_type: BIZ, expiration: 1e18 }]],
  ])('restricted for good where %s', (_, info) =>
    expect(restriction(...info)).toMatchObject({ effect: 'pause', until: null }),
  );

  test('a restriction that leaves templates alone is none', () => {
    expect(restriction({ restriction_type: 'RESTRICTED_ADD_PHONE_NUMBER_ACTION' })).toBeNull();
  });

  test.each<[object, 'pause' | 'lift' | null]>([
    [{ event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } }, 'pause'],
    [{ event: 'DISABLED_UPDATE' }, 'pause'],
    [{ event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'SCHEDULE_FOR_DISABLE' } }, null],
    [{ event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'REINSTATE' } }, 'lift'],
    [{ event: 'ACCOUNT_DELETED' }, 'pause'],
    [{ event: 'ACCOUNT_OFFBOARDED' }, 'pause'],
    [{ event: 'ACCOUNT_RECONNECTED' }, 'lift'],
    [{ event: 'ACCOUNT_VIOLATION', violation_info: { violation_type: 'SCAM' } }, null],
    [{ event: 'PARTNER_ADDED' }, null],
    [{}, null],
  ])('%j: %s', (value, effect) => {
    const update = account(value);
    expect(update && 'effect' in update ? update.effect : null).toBe(effect);
  });
});

describe('as an event', () => {
  const webhook = (field: string, value: object, over: object = {}) => ({
    object: 'whatsapp_business_account',
    entry: [{ id: '1022', time: 1773144900, changes: [{ field, value }], ...over }],
  });
  const paused = { event: 'PAUSED', ...TEMPLATE };
  const parse = (value: object, over: object = {}) =>
    parseWhatsAppWebhook(webhook('message_template_status_update', value, over))[0]!;

  test('it carries its account, its topic and its time', () => {
    const event = parse(paused);
    expect(event).toMatchObject({
      kind: 'account',
      payload: {
        field: 'message_template_status_update',
        value: paused,
        wabaId: '1022',
        topic: expect.stringMatching(/^[\da-f]{16}$/),
        time: 1773144900,
      },
    });
    expect(event.kind === 'account' && event.dedupeKey).toMatch(
      new RegExp(`^account:${event.kind === 'account' && event.payload.topic}:001773144900:`),
    );
    expect(optOutOf(event, ['PAUSED'])).toBe(false);
  });

  test('the same again has the same key; later, or said otherwise, another, and the same topic', () => {
    const first = parse(paused);
    expect(parse(structuredClone(paused)).dedupeKey).toBe(first.dedupeKey);
    for (const other of [
      parse(paused, { time: 1773144960 }),
      parse({ ...paused, event: 'APPROVED' }),
      parse(paused, { time: undefined }),
    ]) {
      expect(other.dedupeKey).not.toBe(first.dedupeKey);
      expect(other.payload).toMatchObject({ topic: (first.payload as { topic: string }).topic });
    }
  });

  test('keys of one topic sort by their times', () => {
    const keys = [99, 1773144900, 1773144901, 2_000_000_000, 99_999_999_999].map(
      (time) => parse(paused, { time }).dedupeKey,
    );
    expect([...keys].sort()).toEqual(keys);
    expect(keys.every((key) => key < `${key.split(':').slice(0, 2).join(':')}:9`)).toBe(true);
  });

  test.each<[string, object, object]>([
    ['another template', paused, { ...paused, message_template_name: 'outro' }],
    ['another language', paused, { ...paused, message_template_language: 'en' }],
  ])('%s is another topic', (_, one, other) => {
    const [a, b] = [one, other].map((value) => topicOf(status('PAUSED', value)!));
    expect(a).not.toEqual(b);
  });

  test.each([
    ['phone_number_name_update', { decision: 'APPROVED', requested_verified_name: 'Loja' }],
    ['account_alerts', { entity_type: 'BUSINESS', alert_info: { alert_type: 'x' } }],
    ['account_update', { event: 'PARTNER_ADDED' }],
    ['constructor', { event: 'PAUSED' }],
  ])('%s with %j is kept as it is', (field, value) => {
    expect(parseWhatsAppWebhook(webhook(field, value))).toMatchObject([
      { kind: 'other', payload: { field, value, wabaId: '1022' } },
    ]);
  });

  test('of an account that is not named it is kept as it is', () => {
    expect(parse(paused, { id: undefined }).kind).toBe('other');
  });
});
