import { Client } from 'pg';
import { until } from '../harness/product.ts';
import { inStage, kindsOf, viewOf } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { postWhatsApp, text } from '../inbox/webhooks.ts';

const product = suiteProduct();

type Names = { from?: string; from_user_id?: string };

/** How people are dialled, how WhatsApp names them when they stop, and the BSUID under which it names them besides. */
const forms = (group: string): { form: string; phone: string; stops: Names; bsuid?: string }[] => [
  { form: 'with the ninth digit', phone: `1196003${group}01`, stops: { from: `551196003${group}01` } },
  { form: 'without the ninth digit', phone: `3196003${group}02`, stops: { from: `55316003${group}02` } },
  {
    form: 'another wa_id',
    phone: `1196003${group}03`,
    stops: { from: `3516003${group}03` },
    bsuid: `BR.${group}03`,
  },
  {
    form: 'the BSUID alone',
    phone: `1196003${group}04`,
    stops: { from_user_id: `BR.${group}04` },
    bsuid: `BR.${group}04`,
  },
];
type Form = ReturnType<typeof forms>[number];

const refer = async (telefone: string): Promise<string> => (await product.refer({ telefone })).lead_id;
async function says(names: Names, body: string): Promise<void> {
  const message = text(names.from ?? '', body, { from: undefined, ...names });
  expect(await postWhatsApp(product, message)).toBe(200);
}

/** The person writes under every name that WhatsApp has for them, so that we know them all. */
async function makeKnown({ phone, stops, bsuid }: Form, leadId: string): Promise<void> {
  if (!bsuid) return;
  await says({ from: `55${phone}`, from_user_id: bsuid }, 'Quem fala?');
  if (stops.from) await says({ from: stops.from, from_user_id: bsuid }, 'Oi?');
  await until(async () => {
    const names = await product.query<{ value: string }>(
      'select i.value from person_identity i join lead l on l.person_id = i.person_id where l.id = $1',
      [leadId],
    );
    return names.some(({ value }) => value === (stops.from ?? bsuid));
  });
}
const notesOf = (phone: string) =>
  viewOf(product, phone)
    .conversations()
    .flatMap(({ messages }) => messages.filter(({ content }) => content.includes('pediu descadastro')));

/** Keeps every worker from applying the tenant's events, as one that is slow at it does; call what it gives. */
async function holdTheInbox(): Promise<() => Promise<void>> {
  const holder = new Client({ connectionString: product.databaseUrl });
  await holder.connect();
  await holder.query(`select pg_advisory_lock(hashtextextended('inbox:' || $1, 0))`, [product.tenantId]);
  return () => holder.end();
}

test('stored before the gate, under any form of the number, and not applied yet: nothing is sent', async () => {
  const people = forms('11');
  // Each lead has had its first look at the list, and is on its way to the gate.
  product.sandbox.chatwoot.addFault({
    match: { method: 'POST', path: '/conversations$' },
    kind: 'latency',
    when: 'after',
    ms: 8_000,
    times: people.length,
  });
  const leads = await Promise.all(people.map(({ phone }) => refer(phone)));
  await until(() => people.every(({ phone }) => viewOf(product, phone).conversations().length === 1));
  await Promise.all(people.map((person, n) => makeKnown(person, leads[n]!)));
  const letGo = await holdTheInbox();
  try {
    for (const { stops } of people) await says(stops, 'PARAR');
    for (const leadId of leads) {
      const lead = await inStage(product, leadId, 'closed');
      expect(lead).toMatchObject({ outcome: 'opted_out' });
      expect(lead.timeline).toContainEqual(
        expect.objectContaining({ kind: 'send_skipped', detail: { reason: 'opted_out' } }),
      );
    }
    const [pending] = await product.query(
      `select count(*) from inbox_event where state = 'pending' and kind = 'message'`,
    );
    expect(pending).toEqual({ count: people.length });
  } finally {
    await letGo();
  }
  await until(async () => {
    const [left] = await product.query<{ count: number }>(
      `select count(*) from inbox_event where state <> 'applied'`,
    );
    return left?.count === 0;
  });
  for (const [n, { form, phone }] of people.entries()) {
    await until(() => notesOf(phone).length > 0, { state: () => product.lead(leads[n]!) });
    expect([form, viewOf(product, phone).sendCalls()]).toEqual([form, []]);
    expect([form, notesOf(phone).length]).toEqual([form, 1]);
    expect([form, viewOf(product, phone).conversations()]).toMatchObject([
      form,
      [{ labels: ['descadastrado'] }],
    ]);
  }
}, 90_000);

test('stored while the number is paused, under any form of it: when that is lifted, nothing is sent', async () => {
  const { channels } = (await product.call('GET', '/v1/channels')).body;
  const channel = `/v1/channels/${channels[0].id}`;
  await product.call('PATCH', channel, { state: 'paused' });
  const people = forms('22');
  const leads = await Promise.all(people.map(({ phone }) => refer(phone)));
  for (const leadId of leads) {
    await until(async () => (await product.lead(leadId)).attention === 'channel_paused');
  }
  for (const [n, person] of people.entries()) {
    await makeKnown(person, leads[n]!);
    await says(person.stops, 'PARAR');
  }
  for (const leadId of leads) {
    expect(await inStage(product, leadId, 'closed')).toMatchObject({ outcome: 'opted_out' });
    // The gate may close it by the list alone, before the event is applied.
    await until(
      async () => {
        const kinds = kindsOf(await product.lead(leadId));
        return kinds.filter((kind) => kind === 'opted_out').length === 1;
      },
      { state: () => product.lead(leadId) },
    );
  }
  await product.call('PATCH', channel, { state: 'active' });
  // Somebody else's message leaves by the same number.
  await refer('11960032209');
  await until(() => viewOf(product, '11960032209').sends().length === 1);
  for (const { form, phone } of people) {
    expect([form, viewOf(product, phone).sendCalls()]).toEqual([form, []]);
  }
});
