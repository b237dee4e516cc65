import { change, parseOne } from './whatsapp-payloads.ts';

const ATTEMPT = '0199f3a0-1111-7abc-8def-0123456789ab';

describe('statuses', () => {
  const delivered = {
    id: 'wamid.out',
    status: 'delivered',
    timestamp: '1773144932',
    recipient_id: '551187654321',
    recipient_user_id: 'BR.1502',
    biz_opaque_callback_data: ATTEMPT.toUpperCase(),
    pricing: { billable: true, pricing_model: 'PMP', category: 'utility' },
  };

  test('a whole one', () => {
    expect(parseOne(change({ statuses: [delivered] }))).toEqual({
      dedupeKey: 'status:wamid.out:delivered',
      kind: 'status',
      phoneNumberId: '106540352242922',
      payload: {
        wamid: 'wamid.out',
        attemptId: ATTEMPT,
        status: 'delivered',
        at: '2026-03-10T12:15:32.000Z',
        waId: '551187654321',
        userId: 'BR.1502',
        errorCode: null,
        errorText: null,
        pricing: { billable: true, category: 'utility', model: 'PMP' },
      },
    });
  });

  test('a bare one', () => {
    const event = parseOne(change({ statuses: [{ id: 'wamid.out', status: 'played' }] }));
    expect(event).toMatchObject({ dedupeKey: 'status:wamid.out:played', kind: 'status' });
    expect(event.payload).toEqual({
      wamid: 'wamid.out',
      attemptId: null,
      status: 'read',
      at: '2026-03-10T12:15:00.000Z',
      waId: null,
      userId: null,
      errorCode: null,
      errorText: null,
      pricing: null,
    });
  });

  test('a failure keeps Meta’s words', () => {
    const errors = [
      {
        code: 131049,
        title: 'T',
        message: 'M',
        error_data: { details: 'In order to maintain healthy engagement' },
      },
    ];
    expect(
      parseOne(change({ statuses: [{ ...delivered, status: 'failed', errors }] })).payload,
    ).toMatchObject({
      status: 'failed',
      errorCode: 131049,
      errorText: 'In order to maintain healthy engagement',
    });
    const short = [{ code: '131053', title: 'Media upload error' }];
    expect(
      parseOne(change({ statuses: [{ ...delivered, status: 'failed', errors: short }] })).payload,
    ).toMatchObject({
      errorCode: 131053,
      errorText: 'Media upload error',
    });
  });

  test('somebody else’s callback data is no attempt', () => {
    for (const biz_opaque_callback_data of ['x', `${ATTEMPT}0`, 7, null]) {
      expect(
        parseOne(change({ statuses: [{ ...delivered, biz_opaque_callback_data }] })).payload,
      ).toMatchObject({
        attemptId: null,
      });
    }
  });

  test('an unknown status is kept, not applied', () => {
    const status = { id: 'wamid.out', status: 'warning', timestamp: '1773144932' };
    expect(parseOne(change({ statuses: [status] }))).toMatchObject({
      kind: 'other',
      payload: { field: 'messages', value: { statuses: [status] }, wabaId: '1022' },
    });
  });
});
