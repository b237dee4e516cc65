import { parseWhatsAppWebhook } from '../../src/domain/whatsapp-webhook.ts';
import { describeWithFixtures, sharedJson, sharedJsonNames } from './shared-fixtures.ts';

describeWithFixtures('shared payloads', () => {
  const names = sharedJsonNames('whatsapp-cloud');
  const parsed = (name: string) => parseWhatsAppWebhook(sharedJson(`whatsapp-cloud/${name}.json`));

  test.each(names)('%s gives events', (name) => {
    const events = parsed(name.replace('.json', ''));
    expect(events.length).toBeGreaterThan(0);
    for (const { kind } of events) {
      if (/message__|_message\.json|callback|button/.test(name) && !/outgoing/.test(name))
        expect(kind).toBe('message');
      if (/message_status|a_status/.test(name)) expect(kind).toBe('status');
      if (/account_|template_/.test(name)) expect(kind).toBe('account');
      if (/system/.test(name)) expect(kind).toBe('number_change');
      if (/outgoing/.test(name)) expect(kind).toBe('echo');
      if (/signup/.test(name)) expect(kind).toBe('other');
    }
  });

  test('two changes in one body', () => {
    const said = parsed('netflie__multiple_text_notification').map(
      (e) => e.kind === 'message' && e.payload.text,
    );
    expect(said).toEqual(['MESSAGE_BODY', 'MESSAGE_BODY2']);
  });

  test('a failed status', () => {
    expect(parsed('pywa__message_status__failed')[0]!.payload).toMatchObject({
      status: 'failed',
      waId: '972987654321',
      userId: 'US.13491208655302741918',
      errorCode: 130472,
      errorText: expect.stringContaining('part of an experiment'),
    });
  });

  test('a quick reply', () => {
    expect(parsed('meta_openapi__button_message')[0]!.payload).toMatchObject({
      text: 'Unsubscribe',
      buttonPayload: 'Unsubscribe',
      contextWamid: 'wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBJFNjk2OTMwNEZCQjhGMzUyQUYA',
      profileName: 'Sheena Nelson',
    });
  });

  test('a preference', () => {
    expect(parsed('pywa__user_marketing_preferences__resume')[0]).toMatchObject({
      kind: 'preference',
      payload: { waId: '16505551234', value: 'resume', at: '2024-11-15T21:22:01.000Z' },
    });
  });
});
