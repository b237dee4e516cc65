import fc from 'fast-check';
import { advance, type DeliveryState, fromWhatsAppStatus } from '../../src/domain/delivery.ts';

const STATES: DeliveryState[] = ['queued', 'sent', 'delivered', 'read', 'failed'];
const state = fc.constantFrom(...STATES);
const endOf = (heard: readonly DeliveryState[]) => heard.reduce(advance, 'queued' as DeliveryState);

test.each<[DeliveryState, DeliveryState, DeliveryState]>([
  ['queued', 'sent', 'sent'],
  ['sent', 'queued', 'sent'],
  ['sent', 'delivered', 'delivered'],
  ['read', 'delivered', 'read'],
  ['queued', 'read', 'read'],
  ['queued', 'failed', 'failed'],
  ['sent', 'failed', 'failed'],
  ['failed', 'sent', 'failed'],
  ['delivered', 'failed', 'delivered'],
  ['failed', 'delivered', 'delivered'],
  ['read', 'failed', 'read'],
  ['failed', 'read', 'read'],
])('%s, then %s: %s', (current, next, result) => expect(advance(current, next)).toBe(result));

test('the same statuses end the same in any order and however often they come', () => {
  const shuffled = fc
    .array(state, { maxLength: 8 })
    .chain((heard) =>
      fc.tuple(
        fc.constant(heard),
        fc.shuffledSubarray([...heard, ...heard], { minLength: heard.length * 2 }),
      ),
    );
  fc.assert(fc.property(shuffled, ([heard, again]) => expect(endOf(again)).toBe(endOf(heard))));
});

test('nothing leads back to a state that was left', () => {
  fc.assert(
    fc.property(state, fc.array(state), (start, heard) => {
      const left = new Set<DeliveryState>();
      let current = start;
      for (const next of heard) {
        const then = advance(current, next);
        if (then !== current) left.add(current);
        expect(left.has(then)).toBe(false);
        current = then;
      }
    }),
  );
});

test.each([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['played', 'read'],
  ['failed', 'failed'],
  ['deleted', null],
  ['queued', null],
  ['', null],
  ['toString', null],
])('WhatsApp’s %j is %j', (raw, expected) => expect(fromWhatsAppStatus(raw)).toBe(expected));
