import { createHmac } from 'node:crypto';
import { WHATSAPP_ERROR_CLASSES } from '../../src/domain/whatsapp-errors.ts';
import * as whatsapp from '../../src/providers/whatsapp/client.ts';
import { control } from './receiver.ts';
import { changesOf, eachTestWhatsApp, refusal, statusesOf } from './whatsapp-sandbox.ts';

const there = eachTestWhatsApp();

describe('a send', () => {
  test('is accepted and told sent, delivered, read, each signed', async () => {
    await there.register();
    const sent = await there.send();
    expect(sent).toEqual({
      wamid: expect.stringMatching(/^wamid\..{40}/),
      waId: '5511987654321',
      messageStatus: 'accepted',
    });
    await there.sandbox.settled();
    const statuses = statusesOf(there.receiver.received);
    expect(statuses.map(({ status }) => status)).toEqual(['sent', 'delivered', 'read']);
    for (const status of statuses) {
      expect(status).toMatchObject({
        id: sent.wamid,
        recipient_id: '5511987654321',
        biz_opaque_callback_data: there.attemptId,
      });
    }
    for (const { raw, headers } of there.receiver.received) {
      const digest = createHmac('sha256', there.sandbox.whatsapp.appSecret).update(raw).digest('hex');
      expect(headers['x-hub-signature-256']).toBe(`sha256=${digest}`);
    }
  });

  test('is told each status when its delay is over', async () => {
    there.sandbox.whatsapp.setBehaviour({
      delays: { sentMs: 600_000, deliveredMs: 900_000, readMs: 1_000_000 },
    });
    await there.send();
    const [message] = there.sandbox.whatsapp.state().messages;
    expect(message?.planned.map(({ status, dueAt }) => [status, dueAt - message.acceptedAt])).toEqual([
      ['sent', 600_000],
      ['delivered', 900_000],
      ['read', 1_000_000],
    ]);
  });

  test('is in the record with its attempt, and in the state with its statuses', async () => {
    await there.register();
    const { wamid } = await there.send();
    await there.sandbox.settled();
    expect(there.sandbox.whatsapp.calls()).toEqual([
      {
        seq: 1,
        at: expect.any(String),
        method: 'POST',
        path: '/v23.0/106540352242922/messages',
        status: 200,
        fault: null,
        effect: true,
        via: 'api',
        attemptId: there.attemptId,
        to: '5511987654321',
        template: 'indicacao_boas_vindas',
        wamid,
        body: expect.objectContaining({ messaging_product: 'whatsapp' }),
      },
    ]);
    const [message] = there.sandbox.whatsapp.state().messages;
    expect(message).toMatchObject({ wamid, buttonPayloads: ['talk', 'no', 'stop'], planned: [] });
    expect(message?.statuses.map(({ status }) => status)).toEqual(['sent', 'delivered', 'read']);
  });

  test.each([
    ['5511987654321', '5511987654321'],
    ['5521987654321', '5521987654321'],
    ['5531987654321', '553187654321'],
    ['5547991234567', '554791234567'],
    ['553187654321', '553187654321'],
    ['5531935554321', '5531935554321'],
    ['5527987654321', '5527987654321'],
    ['351912345678', '351912345678'],
  ])('to %s is answered with the wa_id %s', async (to, waId) => {
    expect((await there.send(to)).waId).toBe(waId);
  });

  test('to a user id is told by user id', async () => {
    await there.register();
    const { wamid, waId } = await there.send(undefined, { to: undefined, recipient: 'BR.1502' });
    expect(waId).toBeNull();
    await there.sandbox.settled();
    const [status] = statusesOf(there.receiver.received);
    expect(status).toMatchObject({ id: wamid, recipient_user_id: 'BR.1502' });
    expect(status).not.toHaveProperty('recipient_id');
  });

  test('to a number without WhatsApp fails by webhook', async () => {
    await there.register();
    await control(there.sandbox.whatsapp.url, 'PUT', 'behaviour', { undeliverable: ['5531987654321'] });
    await there.send('5531987654321');
    await there.sandbox.settled();
    const statuses = statusesOf(there.receiver.received);
    expect(statuses.map(({ status, errors }) => [status, errors?.[0]?.code])).toEqual([['failed', 131026]]);
  });

  test.each([
    ['unknown template', { template: 'nada' }, 132001, 'template_stop'],
    ['unknown language', { language: 'en_US' }, 132001, 'template_stop'],
    ['too few parameters', { bodyParameters: [] }, 132000, 'template_stop'],
    ['too many parameters', { bodyParameters: ['a', 'b'] }, 132000, 'template_stop'],
    ['a new-line in a parameter', { bodyParameters: ['a\nb'] }, 132012, 'template_stop'],
    ['too many buttons', { buttonPayloads: ['1', '2', '3', '4'] }, 132012, 'template_stop'],
    ['no number', { to: 'abc' }, 100, 'final'],
    ['too long an attempt id', { attemptId: 'x'.repeat(513) }, 100, 'final'],
  ] as const)('with %s is refused', async (_, fields, code, errorClass) => {
    const error = await refusal(there.send(undefined, fields as Partial<whatsapp.TemplateMessage>));
    expect({ code: error.code, class: error.class }).toEqual({ code, class: errorClass });
    expect(there.sandbox.whatsapp.calls()[0]).toMatchObject({ effect: false, wamid: null });
    expect(there.sandbox.whatsapp.state().messages).toEqual([]);
  });

  test('with a wrong token, or from another number, is refused', async () => {
    there.connection.token = 'wrong';
    expect((await refusal(there.send())).class).toBe('channel_stop');
    there.connection.token = there.sandbox.whatsapp.token;
    there.connection.phoneNumberId = '1';
    expect((await refusal(there.send())).class).toBe('final');
  });

  test.each([...WHATSAPP_ERROR_CLASSES])('code %i on demand is seen as %s', async (code, errorClass) => {
    there.sandbox.whatsapp.setBehaviour({ rejectCode: { '5531987654321': code } });
    const error = await refusal(there.send('5531987654321'));
    expect({ code: error.code, class: error.class }).toEqual({ code, class: errorClass });
    await there.send('5511987654321');
  });

  test('held for quality is accepted and never told', async () => {
    await there.register();
    there.sandbox.whatsapp.setBehaviour({ messageStatus: 'held_for_quality_assessment' });
    expect((await there.send()).messageStatus).toBe('held_for_quality_assessment');
    expect(there.sandbox.whatsapp.pendingWebhooks()).toBe(0);
  });

  test('of a text needs an answer within 24 h', async () => {
    const text = { to: '5511987654321', text: 'olá', attemptId: 'x' };
    expect((await refusal(whatsapp.sendText(there.connection, text))).class).toBe('window_closed');
    there.sandbox.whatsapp.reply({ from: '5511987654321', text: 'oi' });
    expect((await whatsapp.sendText(there.connection, text)).wamid).toMatch(/^wamid\./);
  });

  test('with a paused template is refused, and the pause is told', async () => {
    await there.register();
    there.sandbox.whatsapp.setBehaviour({ templates: { indicacao_boas_vindas: 'PAUSED' } });
    expect((await refusal(there.send())).code).toBe(132015);
    await there.sandbox.settled();
    expect(changesOf(there.receiver.received)).toEqual([
      {
        field: 'message_template_status_update',
        value: expect.objectContaining({ event: 'PAUSED', message_template_name: 'indicacao_boas_vindas' }),
      },
    ]);
  });
});
