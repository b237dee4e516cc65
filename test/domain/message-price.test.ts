import { inReais, messageCost } from '../../src/domain/message-price.ts';

const PRICES = { marketing: 0.35, utility: 0.04, authentication: 0.05, service: 0.01 };

test.each<[Record<string, unknown> | null, number | null]>([
  [null, null],
  [{ billable: true, pricing_model: 'PMP', category: 'marketing' }, 0.35],
  [{ billable: true, category: 'utility' }, 0.04],
  [{ billable: true, category: 'authentication_international' }, 0.05],
  [{ billable: true, category: 'marketing_lite' }, 0.35],
  [{ category: 'SERVICE' }, 0.01],
  [{ billable: false, category: 'utility' }, 0],
  [{ billable: true, category: 'referral_conversion' }, 0],
  [{ billable: true }, 0],
  [{}, 0],
])('%j costs %p', (pricing, cost) => {
  expect(messageCost(pricing, PRICES)).toBe(cost);
});

test('a sum has no dust of binary fractions', () => {
  expect(0.1 + 0.2).not.toBe(0.3);
  expect([inReais(0.1 + 0.2), inReais(0.04 * 3), inReais(1 / 3)]).toEqual([0.3, 0.12, 0.3333]);
});
