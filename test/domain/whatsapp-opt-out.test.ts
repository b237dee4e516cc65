import { DEFAULT_OPT_OUT_WORDS } from '../../src/domain/opt-out.ts';
import { optOutOf, parseWhatsAppWebhook } from '../../src/domain/whatsapp-webhook.ts';
import { change, parseOne, text } from './whatsapp-payloads.ts';

describe('preferences', () => {
  const preference = (value: string) =>
    change(
      {
        user_preferences: [
          {
            wa_id: '551187654321',
            user_id: 'BR.1',
            category: 'marketing_messages',
            value,
            timestamp: 1729610285,
          },
        ],
      },
      'user_preferences',
    );

  test.each(['stop', 'resume'])('%s', (value) => {
    expect(parseOne(preference(value))).toEqual({
      dedupeKey: `preference:551187654321:${value}:1729610285`,
      kind: 'preference',
      phoneNumberId: '106540352242922',
      payload: { waId: '551187654321', userId: 'BR.1', value, at: '2024-10-22T15:18:05.000Z' },
    });
  });

  test('one without a time has the same key at each delivery', () => {
    const undated = change({ user_preferences: [{ wa_id: '1', value: 'stop' }] }, 'user_preferences');
    const body = { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [undated] }] };
    const keyAt = (time: string) => parseWhatsAppWebhook(body, undefined, new Date(time))[0]!.dedupeKey;
    expect(keyAt('2026-03-10T12:00:00Z')).toBe(keyAt('2026-03-10T12:07:00Z'));
  });

  test('anything else is kept', () => expect(parseOne(preference('signup')).kind).toBe('other'));
});

describe('optOutOf', () => {
  const stops = (...changes: unknown[]) => optOutOf(parseOne(...changes), DEFAULT_OPT_OUT_WORDS);
  const button = (payload: string | undefined, wording: string) =>
    change({ messages: [{ from: '1', id: 'w', type: 'button', button: { payload, text: wording } }] });
  const failed = (status: string, code: number) =>
    change({ statuses: [{ id: 'w', status, errors: [{ code, title: 'x' }] }] });

  test.each<[string, unknown, boolean]>([
    ['a word', change({ messages: [text(' Sair! ')] }), true],
    ['a reply', change({ messages: [text('Quero sair do Simples Nacional')] }), false],
    ['a button by payload', button('opt_out', 'Não tenho interesse'), true],
    ['a button by payload with a lead', button('opt_out:0199', 'x'), true],
    ['a payload that only begins alike', button('opt_outside', 'x'), false],
    ['a button by its wording', button('lead:1', 'Parar'), true],
    ['another button', button('lead:1:yes', 'Quero falar'), false],
    ['a photo', change({ messages: [{ id: 'w', type: 'image', image: { id: '1' } }] }), false],
    [
      'a stop in WhatsApp',
      change({ user_preferences: [{ wa_id: '1', value: 'stop' }] }, 'user_preferences'),
      true,
    ],
    ['a resume', change({ user_preferences: [{ wa_id: '1', value: 'resume' }] }, 'user_preferences'), false],
    ['error 131050', failed('failed', 131050), true],
    ['another error', failed('failed', 131026), false],
    ['131050 beside a delivery', failed('delivered', 131050), false],
    ['an unknown field', { field: 'x', value: 'SAIR' }, false],
  ])('%s', (_name, one, expected) => expect(stops(one)).toBe(expected));
});
