import { setTimeout as sleep } from 'node:timers/promises';
import { type KillableProduct, startKillableProduct } from '../harness/killable.ts';
import { until } from '../harness/product.ts';

const LEADS = 200;
const LATER = 5;

const phoneOf = (number: number) => `+55119${60_000_000 + number}`;

let product: KillableProduct;
beforeAll(async () => {
  product = await startKillableProduct({
    sandbox: { delays: { sentMs: 100, deliveredMs: 300, readMs: 600 } },
    settings: { unknownGraceSeconds: 15 },
  });
}, 120_000);
afterAll(() => product.stop());

/** Refers a lead as a careful client does: again with the same key until it was taken. */
async function refer(number: number): Promise<void> {
  const lead = {
    nome: `Pessoa ${number}`,
    telefone: phoneOf(number),
    consultor: product.sandbox.chatwoot.agents[number % 3]?.name,
    status_indicacao: 'qualificado',
  };
  await until(async () => (await product.call('POST', '/v1/leads', lead, `lead-${number}`)).status === 202, {
    ms: 120_000,
  });
}
const rows = <Row>(sql: string) => product.query<Row>(sql).catch(() => [] as Row[]);

test('worker, API, Temporal and PostgreSQL killed in turn under 200 leads: all asleep, nothing doubled', async () => {
  const { postgres, temporal, api, worker, sandbox } = product;
  // Answers take their time, so that kills find calls under way; and some calls are cut before WhatsApp took them.
  const sends = { method: 'POST', path: '/messages' };
  for (const nth of [15, 70, 125]) sandbox.whatsapp.addFault({ match: { ...sends, nth }, kind: 'cut' });
  sandbox.whatsapp.addFault({ match: sends, kind: 'latency', when: 'after', ms: 800, times: 10_000 });
  const referring = (async () => {
    const left = Array.from({ length: LEADS }, (_, number) => number);
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let number = left.shift(); number !== undefined; number = left.shift()) {
          await refer(number);
          await sleep(150);
        }
      }),
    );
  })();

  for (const victim of [worker, api, temporal, postgres, worker, postgres]) {
    await sleep(2_500);
    await victim.kill();
    await victim.start();
  }
  await referring;
  // The channel is alive: what came later gets its statuses, by which the attempts left open are judged.
  await sleep(3_000);
  for (let number = LEADS; number < LEADS + LATER; number++) await refer(number);

  type Count = { all: number; asleep: number; open: number; unread: number };
  const count = async () =>
    (
      await rows<Count>(
        `select count(*) as all, count(*) filter (where stage = 'waiting') as asleep,
           (select count(*) from send_attempt where state = 'begun') as open,
           (select count(*) from message where direction = 'out' and state <> 'read') as unread from lead`,
      )
    )[0];
  await until(
    async () => {
      const now = await count();
      return now?.all === LEADS + LATER && now.asleep === now.all && now.open === 0 && now.unread === 0;
    },
    {
      ms: 180_000,
      state: async () => [
        await count(),
        await rows(
          `select a.*, m.state as message, now() as now, (select jsonb_agg(jsonb_build_array(e.kind, e.at, e.detail) order by e.id) from lead_event e
             where e.lead_id = a.lead_id) as timeline
           from send_attempt a join message m on m.id = a.message_id where m.state <> 'read'`,
        ),
      ],
    },
  );

  const { contacts, conversations } = sandbox.chatwoot.state();
  const { messages } = sandbox.whatsapp.state();
  for (let number = 0; number < LEADS + LATER; number++) {
    const theirs = contacts.filter((contact) => contact.phone === phoneOf(number));
    const talks = conversations.filter((conversation) => conversation.contactId === theirs[0]?.id);
    const sends = messages.filter((message) => `+${message.to}` === phoneOf(number));
    expect([number, theirs.length, talks.length, sends.length]).toEqual([number, 1, 1, 1]);
  }
  expect(messages.every((message) => message.via === 'api')).toBe(true);

  const attempts = await rows<{ state: string; settled_by: string | null; attempts: number }>(
    'select state, settled_by, count(*) as attempts from send_attempt group by 1, 2 order by 1, 2',
  );
  // Calls were left open, those that had left and those that had not: each was settled, and rightly, as above.
  expect(attempts).toContainEqual(expect.objectContaining({ state: 'not_sent', settled_by: 'silence' }));
  expect(attempts).toContainEqual(expect.objectContaining({ state: 'accepted', settled_by: 'status' }));
  const events = await rows<{ state: string }>(`select distinct state from inbox_event`);
  expect(events).toEqual([{ state: 'applied' }]);
}, 480_000);
