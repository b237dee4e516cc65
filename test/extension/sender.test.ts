import {
  EMPTY_OUTBOX,
  type Outbox,
  type Outgoing,
  type ReferralBody,
} from '../../extension/outbox/outgoing.ts';
import { createSender, pauseMs } from '../../extension/outbox/sender.ts';
import type { Verdict } from '../../extension/outbox/verdict.ts';

const body = (nome: string): ReferralBody => ({
  nome,
  telefone: '+5511987654321',
  cnpj: null,
  consultor: 'Ana Martins',
  status_indicacao: 'qualificado',
});

const SENT: Verdict = {
  kind: 'sent',
  receipt: { lead_id: '0199b1c2-0000-7000-8000-000000000001', status: 'received' },
};
const away: Verdict = { kind: 'hold', reason: 'offline', retryAfterMs: null };
const refused: Verdict = { kind: 'refused', refusal: { title: 'Há campos a corrigir.', errors: [] } };

/** A sender whose server answers as `answer` says, over a store as slow as a browser's. */
function sending(answer: (item: Outgoing) => Verdict, kept: Outbox = EMPTY_OUTBOX) {
  const state = { kept, time: 1_000_000, tried: [] as string[], wakes: [] as number[] };
  const soon = () => new Promise((resolve) => setTimeout(resolve, 1));
  const make = () =>
    createSender({
      async load() {
        await soon();
        return state.kept;
      },
      async save(outbox) {
        await soon();
        state.kept = outbox;
      },
      async post(item) {
        state.tried.push(item.key);
        await soon();
        return answer(item);
      },
      wakeAt: (time) => state.wakes.push(time),
      now: () => state.time,
    });
  return { state, sender: make(), again: make };
}

test('what is added at once is kept in its order, and a key only once', async () => {
  const { state, sender } = sending(() => away);
  await Promise.all([
    sender.add('a', body('Um')),
    sender.add('b', body('Dois')),
    sender.add('a', body('Um')),
    sender.add('c', body('Três')),
  ]);
  expect(state.kept.items.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
});

test('one is sent after the other, and none again', async () => {
  const { state, sender } = sending(() => SENT);
  await sender.add('a', body('Um'));
  await sender.add('b', body('Dois'));
  await Promise.all([sender.pump(), sender.pump(), sender.pump({ now: true })]);
  await sender.pump();
  expect(state.tried).toEqual(['a', 'b']);
  expect(state.kept.items.every(({ state: now }) => now === 'sent')).toBe(true);
});

test('what is added while another is sent leaves, too', async () => {
  const { state, sender } = sending(() => SENT);
  await sender.add('a', body('Um'));
  const pumping = sender.pump();
  await sender.add('b', body('Dois'));
  await sender.pump();
  await pumping;
  expect(state.tried).toEqual(['a', 'b']);
});

test('without an answer the first waits and holds up the rest, longer each time, and asks to be woken', async () => {
  const { state, sender } = sending(() => away);
  await sender.add('a', body('Um'));
  await sender.add('b', body('Dois'));
  await sender.pump();
  expect(state.tried).toEqual(['a']);
  expect(state.kept.hold).toMatchObject({ reason: 'offline', attempts: 1 });
  await sender.pump();
  expect(state.tried).toEqual(['a']);
  expect(state.wakes).toEqual([state.kept.hold?.nextAt, state.kept.hold?.nextAt]);
  state.time = state.kept.hold?.nextAt ?? 0;
  await sender.pump();
  expect(state.tried).toEqual(['a', 'a']);
  expect(state.kept.hold?.attempts).toBe(2);
  await sender.pump({ now: true });
  expect(state.tried).toEqual(['a', 'a', 'a']);
});

test('a wish to try now that comes during a vain try is not forgotten', async () => {
  let answers: Verdict[] = [away, SENT];
  const { state, sender } = sending(() => answers.shift() ?? SENT);
  await sender.add('a', body('Um'));
  await Promise.all([sender.pump(), sender.pump({ now: true }), sender.pump()]);
  expect(state.tried).toEqual(['a', 'a']);
  expect(state.kept).toMatchObject({ hold: null, items: [{ state: 'sent' }] });
  answers = [];
});

test('a service worker that ends in the middle of a try sends it again under the same key', async () => {
  const { state, sender, again } = sending(() => SENT);
  await sender.add('a', body('Um'));
  const before = structuredClone(state.kept);
  await sender.pump();
  // As if its end had come before the answer was kept.
  state.kept = before;
  await again().pump();
  expect(state.tried).toEqual(['a', 'a']);
});

test('a refused one steps aside, is corrected under its key, or discarded; nothing else can be', async () => {
  const { state, sender } = sending(({ body: { nome } }) => (nome === 'Errado' ? refused : SENT));
  await sender.add('a', body('Errado'));
  await sender.add('b', body('Dois'));
  await sender.pump();
  expect(state.kept.items.map(({ state: now }) => now)).toEqual(['refused', 'sent']);
  await sender.correct('b', body('Outro'));
  await sender.discard('b');
  expect(state.kept.items[1]).toMatchObject({ state: 'sent', body: { nome: 'Dois' } });
  await sender.correct('a', body('Certo'));
  await sender.pump();
  expect(state.tried).toEqual(['a', 'b', 'a']);
  expect(state.kept.items[0]).toMatchObject({ state: 'sent', refusal: null });
});

test('what was sent is forgotten after a day; what waits never is', async () => {
  const { state, sender } = sending(({ body: { nome } }) => (nome === 'Um' ? SENT : away));
  await sender.add('a', body('Um'));
  await sender.add('b', body('Dois'));
  await sender.pump();
  state.time += 25 * 3_600_000;
  await sender.pump();
  expect(state.kept.items.map(({ key }) => key)).toEqual(['b']);
});

test('pauses grow from a second to five minutes; where only a person can help they are long at once', () => {
  expect([1, 2, 5, 20].map((attempts) => pauseMs('offline', attempts, 1))).toEqual([
    1_000, 2_000, 16_000, 300_000,
  ]);
  expect(pauseMs('offline', 3, 0)).toBe(2_000);
  expect(pauseMs('key_refused', 1, 1)).toBe(300_000);
});
