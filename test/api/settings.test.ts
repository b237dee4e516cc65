import { hashKey, newKey } from '../../src/db/sealing.ts';
import { type Product, until } from '../harness/product.ts';
import { addTenant } from '../harness/second-tenant.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { wholeLead } from './sending.ts';

const product = suiteProduct({ worker: false });

const patch = (changes: unknown) => product.call('PATCH', '/v1/settings', changes);
const settings = async () => (await product.call('GET', '/v1/settings')).body;

describe('settings', () => {
  test('are all there from the start', async () => {
    expect(await settings()).toMatchObject({
      zone: 'America/Sao_Paulo',
      rework: { days: 3, time: '09:00', businessDaysOnly: false, holidays: { country: 'BR' } },
      defaultReferralStatus: 'qualificado',
      resendAfterHours: 24,
      convertedLabel: 'convertido',
      reworkLabel: 'retrabalho_api_oficial',
      optOutWords: expect.arrayContaining(['SAIR', 'NÃO QUERO']),
    });
  });

  test('a change keeps what it does not name, inside the rework rule too', async () => {
    const before = await settings();
    const first = await patch({ rework: { time: '10:30' }, resendAfterHours: 48 });
    expect(first.status).toBe(200);
    const second = await patch({ rework: { days: 5 } });
    const after = { ...before, resendAfterHours: 48, rework: { ...before.rework, days: 5, time: '10:30' } };
    expect(second.body).toEqual(after);
    expect(await settings()).toEqual(after);
    expect((await patch({ rework: { holidays: null } })).body.rework).toMatchObject({
      holidays: null,
      days: 5,
    });
    const prices = await patch({ messagePrices: { marketing: 0.41 } });
    expect(prices.body.messagePrices).toEqual({ ...before.messagePrices, marketing: 0.41 });
    expect((await patch({ messagePrices: { service: 0.1 } })).body.messagePrices.marketing).toBe(0.41);
  });

  test.each<[string, unknown, string]>([
    ['an unknown zone', { zone: 'America/Sampa' }, 'zone'],
    ['an offset for a zone', { zone: '-03:00' }, 'zone'],
    ['no time of day', { rework: { time: '24:00' } }, 'rework.time'],
    ['no days', { rework: { days: 0 } }, 'rework.days'],
    ['a country that is none', { rework: { holidays: { country: 'ZZ' } } }, 'rework.holidays'],
    ['a rule that is none', { rework: 'daily' }, 'rework'],
    ['a price that is none', { messagePrices: { utility: -1 } }, 'messagePrices.utility'],
    ['a price as text', { messagePrices: { marketing: '0,35' } }, 'messagePrices.marketing'],
    ['prices that are none', { messagePrices: 0.35 }, 'messagePrices'],
    ['no status left', { referralStatuses: [] }, 'referralStatuses'],
    [
      'the default status gone',
      { referralStatuses: [{ value: 'a', label: 'A', qualified: true }] },
      'defaultReferralStatus',
    ],
    ['an unknown default status', { defaultReferralStatus: 'quente' }, 'defaultReferralStatus'],
    ['no word left', { optOutWords: [] }, 'optOutWords'],
    ['a word of punctuation', { optOutWords: ['SAIR', '!!!'] }, 'optOutWords.1'],
    ['a label with a space', { convertedLabel: 'foi convertido' }, 'convertedLabel'],
    ['a number as text', { resendAfterHours: '24' }, 'resendAfterHours'],
    ['a name that is none', { zona: 'America/Bahia' }, 'zona'],
    ['a name of every object', { constructor: 1 }, 'constructor'],
    ['an array', [{ zone: 'America/Bahia' }], ''],
    ['nothing', undefined, ''],
  ])('%s: 400 that names it, and nothing changed', async (_, changes, field) => {
    const before = await settings();
    const { status, body } = await patch(changes);
    expect([status, body.code]).toEqual([400, 'invalid_body']);
    expect(body.errors[0]).toEqual({
      field,
      code: expect.any(String),
      message: expect.not.stringMatching(/invalid|expected|required/i),
    });
    expect(await settings()).toEqual(before);
  });

  test('one wrong among many changes none', async () => {
    const before = await settings();
    const { body } = await patch({ zone: 'America/Bahia', resendAfterHours: -1, followReworkDays: 99 });
    expect(body.errors.map(({ field }: { field: string }) => field)).toEqual([
      'resendAfterHours',
      'followReworkDays',
    ]);
    expect(await settings()).toEqual(before);
  });

  test('texts that no table keeps are cleaned, members that would reach a prototype are nothing', async () => {
    const label = 'Não\u0000 qualificado\ud800';
    const statuses = (await settings()).referralStatuses;
    const changed = statuses.map((status: { value: string }) =>
      status.value === 'nao_qualificado' ? { ...status, label } : status,
    );
    const { status, body } = await patch({ referralStatuses: changed });
    expect(status).toBe(200);
    expect(body.referralStatuses[1].label).toBe('Não qualificado\ufffd');
    await patch('{"__proto__":{"polluted":1},"rework":{"__proto__":{"polluted":1}}}');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect((await settings()).rework).not.toHaveProperty('polluted');
  });

  test('changes at once that do not fit together: one of them is refused', async () => {
    const novo = { value: 'novo', label: 'Novo', qualified: false };
    const { referralStatuses } = await settings();
    await patch({ referralStatuses: [...referralStatuses, novo] });
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all([
        patch({ defaultReferralStatus: 'novo' }),
        patch({ referralStatuses }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
      expect((await product.call('GET', '/v1/settings')).status).toBe(200);
      await patch({ defaultReferralStatus: 'qualificado', referralStatuses: [...referralStatuses, novo] });
    }
    await patch({ referralStatuses });
  });

  test('hold for one tenant, and within 5 seconds, as does the end of a key', async () => {
    const other = await addTenant(product);
    const key = newKey('lf');
    await product.query(`insert into api_key (tenant_id, name, prefix, hash) values ($1, 'new', 'lf', $2)`, [
      product.tenantId,
      hashKey(key),
    ]);
    const asKey = () => product.call('GET', '/v1/consultants', undefined, { authorization: `Bearer ${key}` });
    const hot = (call: Product['call']) =>
      call('POST', '/v1/leads', wholeLead({ status_indicacao: 'Quente' }));
    expect((await asKey()).status).toBe(200);
    expect([(await hot(product.call)).status, (await hot(other.call)).status]).toEqual([400, 400]);
    const { referralStatuses } = await settings();
    await product.query('update api_key set revoked_at = now() where hash = $1', [hashKey(key)]);
    await patch({
      referralStatuses: [...referralStatuses, { value: 'quente', label: 'Quente', qualified: true }],
    });
    await until(async () => (await hot(product.call)).status === 202, { ms: 20_000 });
    await until(async () => (await asKey()).status === 401, { ms: 20_000 });
    const elsewhere = await hot(other.call);
    expect(elsewhere.body.errors[0].message).not.toContain('quente');
    expect((await other.call('GET', '/v1/settings')).body.referralStatuses).toHaveLength(3);
  });
});

test('health: alive and ready without any key', async () => {
  const ask = (path: string) => product.call('GET', path, undefined, { authorization: '' });
  expect(await ask('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
  expect(await ask('/health/ready')).toMatchObject({ status: 200, body: { status: 'ok', database: 'ok' } });
});
