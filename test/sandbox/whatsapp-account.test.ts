import * as whatsapp from '../../src/providers/whatsapp/client.ts';
import { control } from './receiver.ts';
import { eachTestWhatsApp, refusal } from './whatsapp-sandbox.ts';

const there = eachTestWhatsApp();

describe('the account', () => {
  type Told = { id: string; time?: number; changes: { field: string; value: Record<string, unknown> }[] };
  const told = async () => {
    await there.sandbox.settled();
    const entries = there.receiver.received.flatMap(({ body }) => (body as { entry: Told[] }).entry);
    return entries.map(({ id, time, changes: [change] }) => ({
      id,
      dated: typeof time === 'number',
      ...change,
    }));
  };
  const ofAccount = (field: string, value: Record<string, unknown>) => ({
    id: there.sandbox.whatsapp.wabaId,
    dated: true,
    field,
    value: expect.objectContaining(value),
  });

  test('is restricted until then, banned, reinstated: refused meanwhile, and told', async () => {
    await there.register();
    const now = Math.floor(Date.now() / 1000);
    const [later, past] = [now + 3_600, now - 1];
    await control(there.sandbox.whatsapp.url, 'POST', 'account', { event: 'restrict', until: later });
    expect((await refusal(there.send())).code).toBe(368);
    await control(there.sandbox.whatsapp.url, 'POST', 'account', { event: 'restrict', until: past });
    await there.send();
    await control(there.sandbox.whatsapp.url, 'POST', 'account', { event: 'ban' });
    expect((await refusal(there.send())).code).toBe(131031);
    await control(there.sandbox.whatsapp.url, 'POST', 'account', { event: 'reinstate' });
    await there.send();
    const restricted = (expiration: number) =>
      ofAccount('account_update', {
        event: 'ACCOUNT_RESTRICTION',
        restriction_info: [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration }],
      });
    expect((await told()).filter(({ field }) => field === 'account_update')).toEqual([
      restricted(later),
      restricted(past),
      ofAccount('account_update', { ban_info: expect.objectContaining({ waba_ban_state: 'DISABLE' }) }),
      ofAccount('account_update', { ban_info: expect.objectContaining({ waba_ban_state: 'REINSTATE' }) }),
    ]);
  });

  test('rates number and template otherwise, and tells it', async () => {
    await there.register();
    const { url } = there.sandbox.whatsapp;
    await control(url, 'POST', 'account', { event: 'number', quality: 'RED', limit: 'TIER_2K' });
    const why = { title: 'FIRST_PAUSE', description: 'for 3 hours' };
    const template = { name: 'indicacao_retrabalho', status: 'PAUSED', quality: 'YELLOW', why };
    await control(url, 'POST', 'template', template);
    expect(await whatsapp.getPhoneNumber(there.connection)).toMatchObject({
      qualityRating: 'RED',
      messagingLimit: 'TIER_2K',
    });
    expect(await whatsapp.listTemplates(there.connection, there.sandbox.whatsapp.wabaId)).toContainEqual(
      expect.objectContaining({ name: 'indicacao_retrabalho', status: 'PAUSED', quality: 'YELLOW' }),
    );
    expect(await told()).toEqual([
      ofAccount('phone_number_quality_update', { event: 'FLAGGED', current_limit: 'TIER_2K' }),
      ofAccount('message_template_status_update', { event: 'PAUSED', other_info: why }),
      ofAccount('message_template_quality_update', {
        previous_quality_score: 'GREEN',
        new_quality_score: 'YELLOW',
      }),
    ]);
    expect((await control(url, 'POST', 'account', { event: 'restrict' })).status).toBe(400);
  });
});

test('number and templates are listed, in pages', async () => {
  expect(await whatsapp.getPhoneNumber(there.connection)).toMatchObject({
    id: there.connection.phoneNumberId,
    status: 'CONNECTED',
  });
  const templates = await whatsapp.listTemplates(there.connection, there.sandbox.whatsapp.wabaId);
  expect(templates.map(({ name, bodyParameters }) => [name, bodyParameters])).toEqual([
    ['indicacao_boas_vindas', 1],
    ['indicacao_retrabalho', 1],
  ]);
  const url = `${there.connection.baseUrl}/${there.connection.version}/${there.sandbox.whatsapp.wabaId}/message_templates?limit=1`;
  const page = await fetch(url, { headers: { authorization: `Bearer ${there.connection.token}` } });
  const { data, paging } = (await page.json()) as { data: unknown[]; paging: { next?: string } };
  expect([data.length, typeof paging.next]).toEqual([1, 'string']);
});
