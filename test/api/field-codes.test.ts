import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct({ worker: false });

const ID = '0198c1e8-0000-7000-8000-000000000000';
const GATEWAY = {
  kind: 'evolution',
  name: 'Vendas',
  base_url: 'https://evo.exemplo.com.br',
  api_key: 'x',
  instance: 'vendas',
  chatwoot_inbox_id: 1,
};
const STATUS = { value: 'a', label: 'A', qualified: true };
const QUALIFIED = { value: 'qualificado', label: 'Qualificado', qualified: true };

/** Each mistake that no general rule names has a code of its own. */
test.each<[string, string, unknown, [string, string]]>([
  ['GET', '/v1/leads?cursor=x', undefined, ['cursor', 'cursor_invalid']],
  ['GET', '/v1/leads?from=ontem', undefined, ['from', 'date_invalid']],
  ['GET', '/v1/leads?until=2026-02-30', undefined, ['until', 'date_invalid']],
  ['GET', '/v1/leads?limit=0', undefined, ['limit', 'too_small']],
  ['GET', '/v1/leads?limit=201', undefined, ['limit', 'too_big']],
  ['GET', '/v1/leads?limit=dez', undefined, ['limit', 'invalid_type']],
  ['GET', '/v1/leads?stage=x', undefined, ['stage', 'invalid_value']],
  ['GET', '/v1/leads?attention=talvez', undefined, ['attention', 'invalid_value']],
  ['GET', '/v1/leads?x=1', undefined, ['x', 'unknown_parameter']],
  ['PATCH', '/v1/settings', { zone: 'America/Sampa' }, ['zone', 'zone_unknown']],
  ['PATCH', '/v1/settings', { rework: { time: '24:00' } }, ['rework.time', 'time_invalid']],
  ['PATCH', '/v1/settings', { rework: { time: 9 } }, ['rework.time', 'invalid_type']],
  ['PATCH', '/v1/settings', { rework: { days: 0 } }, ['rework.days', 'too_small']],
  [
    'PATCH',
    '/v1/settings',
    { rework: { holidays: { country: 'ZZ' } } },
    ['rework.holidays', 'region_unknown'],
  ],
  ['PATCH', '/v1/settings', { optOutWords: ['!!!'] }, ['optOutWords.0', 'word_empty']],
  ['PATCH', '/v1/settings', { convertedLabel: 'descadastrado' }, ['convertedLabel', 'label_repeated']],
  [
    'PATCH',
    '/v1/settings',
    { referralStatuses: [QUALIFIED, STATUS, STATUS] },
    ['referralStatuses.2', 'status_repeated'],
  ],
  ['PATCH', '/v1/settings', { defaultReferralStatus: 'x' }, ['defaultReferralStatus', 'status_unknown']],
  ['PATCH', '/v1/settings', { zona: 'x' }, ['zona', 'unknown_field']],
  ['PATCH', '/v1/settings', 'null', ['', 'object_expected']],
  ['PATCH', `/v1/channels/${ID}`, {}, ['', 'required']],
  ['PATCH', `/v1/channels/${ID}`, 'null', ['', 'object_expected']],
  ['PATCH', `/v1/channels/${ID}`, { state: 'off' }, ['state', 'invalid_value']],
  ['PATCH', `/v1/channels/${ID}`, { status_numbering: 'x' }, ['status_numbering', 'invalid_value']],
  ['PATCH', `/v1/channels/${ID}`, { secret: 'short' }, ['secret', 'invalid_format']],
  ['PATCH', `/v1/channels/${ID}`, { drop_former_secret: false }, ['drop_former_secret', 'invalid_value']],
  ['POST', '/v1/channels', 'null', ['', 'object_expected']],
  ['POST', '/v1/channels', { ...GATEWAY, kind: 'telegram' }, ['kind', 'invalid_value']],
  ['POST', '/v1/channels', { ...GATEWAY, base_url: 'ftp://evo.exemplo' }, ['base_url', 'invalid_format']],
  ['POST', '/v1/channels', { ...GATEWAY, instance: ' ' }, ['instance', 'required']],
  ['POST', '/v1/channels', { ...GATEWAY, chatwoot_inbox_id: 0 }, ['chatwoot_inbox_id', 'too_small']],
  ['PATCH', `/v1/channels/${ID}`, { name: ' ' }, ['name', 'required']],
  ['PATCH', `/v1/channels/${ID}`, { chatwoot_inbox_id: null }, ['chatwoot_inbox_id', 'required']],
  ['POST', `/v1/channels/${ID}/webhook`, { url: 'x' }, ['url', 'invalid_format']],
  ['PATCH', '/v1/chatwoot', 'null', ['', 'object_expected']],
  ['PATCH', '/v1/chatwoot', {}, ['', 'required']],
  ['PATCH', '/v1/chatwoot', { token: 'a b' }, ['token', 'invalid_format']],
  ['PATCH', '/v1/chatwoot', { url: 'chat.exemplo' }, ['url', 'invalid_format']],
  ['PATCH', '/v1/chatwoot', { account_id: null }, ['account_id', 'required']],
  ['PATCH', '/v1/chatwoot', { team_id: 0 }, ['team_id', 'too_small']],
  ['PATCH', '/v1/chatwoot', { webhook_secret: '' }, ['webhook_secret', 'invalid_format']],
  ['POST', '/v1/chatwoot/test', { team_id: 'x' }, ['team_id', 'invalid_type']],
  ['PATCH', `/v1/flows/${ID}`, {}, ['', 'required']],
  ['PATCH', `/v1/flows/${ID}`, { channel_id: 'x' }, ['channel_id', 'invalid_format']],
  ['PATCH', `/v1/flows/${ID}`, { main: 'x' }, ['main', 'invalid_type']],
  ['PATCH', `/v1/flows/${ID}`, { main: { template: ' ' } }, ['main.template', 'required']],
  ['PATCH', `/v1/flows/${ID}`, { rework: { language: 'português' } }, ['rework.language', 'invalid_format']],
  ['PATCH', `/v1/flows/${ID}`, { rework: { buttons: ['sair'] } }, ['rework.buttons.0', 'invalid_value']],
  ['POST', '/v1/templates/sync', { channel_id: 'x' }, ['channel_id', 'invalid_format']],
  ['PATCH', `/v1/consultants/${ID}`, { chatwoot_agent_id: 'x' }, ['chatwoot_agent_id', 'invalid_type']],
  ['POST', '/v1/test-phone/replies', 'null', ['', 'object_expected']],
  ['POST', '/v1/test-phone/replies', { wa_id: '5511987654321' }, ['text', 'one_of']],
  ['POST', '/v1/test-phone/replies', { wa_id: '5511987654321', text: ' ' }, ['text', 'required']],
  ['POST', '/v1/test-phone/replies', { wa_id: 'x y', text: 'oi' }, ['wa_id', 'invalid_format']],
  [
    'POST',
    '/v1/test-phone/replies',
    { wa_id: '5511987654321', button: { text: 'x' } },
    ['button.payload', 'required'],
  ],
  ['POST', '/v1/conversions', 'null', ['', 'object_expected']],
  ['POST', '/v1/conversions', { lead_id: 'x' }, ['lead_id', 'invalid_format']],
  ['POST', `/v1/send-attempts/${ID}/decision`, 'null', ['', 'object_expected']],
  ['POST', `/v1/send-attempts/${ID}/decision`, { decision: 'x' }, ['decision', 'invalid_value']],
])('%s %s %j', async (method, path, body, [field, code]) => {
  const answer = await product.call(method, path, body);
  expect(answer.status).toBe(400);
  expect(answer.body.errors).toEqual([
    { field, code, message: expect.not.stringMatching(/invalid|expected|required/i) },
  ]);
});
