import fc from 'fast-check';
import { livingPerson } from '../../src/db/identities.ts';
import { recordOptOut } from '../../src/db/journeys.ts';
import { recognise } from '../../src/db/people.ts';
import { openGate } from '../../src/db/sends.ts';
import { untilLocked } from '../harness/owner.ts';
import type { Product } from '../harness/product.ts';
import { beginSend } from '../harness/sends.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { expectSound, type Names, personOf, see, sightingOf, somebody } from './sightings.ts';

const product = suiteProduct({ worker: false });
afterEach(() => expectSound(product));

const refer = async (telefone: string) => (await product.refer({ telefone })).lead_id as string;

/** Two who stand in each other's way: PostgreSQL ends one of them, which whoever asked then does again. */
async function again<Result>(work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: string }).code !== '40P01') throw error;
    }
  }
}
const seeOnceMore = (...what: Parameters<typeof see>) => again(() => see(...what));

describe('at the same moment', () => {
  test('two find out crosswise that two people are one: they are, once', async () => {
    for (let i = 0; i < 10; i++) {
      const [a, b] = [`1198704${1000 + i}`, `1198705${1000 + i}`];
      const leads = [await refer(a), await refer(b)];
      const lids = [`4000000${i}1`, `4000000${i}2`];
      const people = await Promise.all(leads.map((id) => personOf(product, id)));
      await see(product, { lid: lids[0]! }, { personId: people[0]! });
      await see(product, { chatwootContact: 4000 + i }, { personId: people[1]! });
      const seen = await Promise.all([
        seeOnceMore(product, { lid: lids[0]!, waId: `55${b}` }),
        seeOnceMore(product, { chatwootContact: 4000 + i }, { personId: people[0]! }),
        seeOnceMore(product, { lid: lids[0]! }, { personId: people[1]! }),
      ]);
      expect(seen.map(({ personId }) => personId)).toEqual(Array(3).fill(people[0]));
      expect(await product.lead(String(leads[0]))).toMatchObject({
        referral_count: 2,
        merged_leads: [leads[1]],
      });
    }
  });

  test('eight learn one name, each of somebody else: it is one person’s, and they are one', async () => {
    const people = await Promise.all(
      Array.from({ length: 8 }, (_, i) => somebody(product, { waId: `551198706${1000 + i}` })),
    );
    await Promise.all(
      people.map((personId) => seeOnceMore(product, { chatwootContact: 4100 }, { personId })),
    );
    const living = await product.query(`select from person where id = any ($1) and merged_into is null`, [
      people,
    ]);
    expect(living).toHaveLength(1);
    const { personId } = await see(product, { chatwootContact: 4100 });
    for (const id of people) expect(await livingPerson(product.query, id)).toBe(personId);
  });

  test('a send at the gate while its person is merged: it waits, and then sees the whole', async () => {
    const [older, younger] = [await refer('11987042001'), await refer('11987042002')];
    const [kept, gone] = [await personOf(product, older), await personOf(product, younger)];
    await see(product, { lid: '42000000001' }, { personId: kept });
    let sending: Promise<unknown>[] = [];
    await product.database.tenant(product.tenantId, async (rows) => {
      await recognise(rows, sightingOf(product, { lid: '42000000001', waId: '5511987042002' }));
      sending = [younger, older].map((id) => beginSend(product, id).then(() => 'go', String));
      await untilLocked(product);
    });
    expect(await Promise.all(sending)).toEqual([expect.stringContaining('closed'), 'go']);
    expect(gone).not.toBe(await personOf(product, younger));
  });

  test('a merge while a send is at the gate: it waits until the attempt is on record', async () => {
    const [older, younger] = [await refer('11987042003'), await refer('11987042004')];
    await see(product, { lid: '42000000003', waId: '5511987042003' });
    const [referral] = await product.query<{ id: string }>(
      'select referral_id as id from lead where id = $1',
      [younger],
    );
    let merging: Promise<unknown> | undefined;
    await product.database.tenant(product.tenantId, async (rows) => {
      const gate = await openGate(
        rows,
        { leadId: younger, referralId: String(referral?.id), stage: 'main' },
        { qualified: [], resendAfterHours: 24, weeklyMessages: 9, quietUntil: null },
      );
      expect(gate.kind).toBe('go');
      merging = see(product, { lid: '42000000003', waId: '5511987042004' });
      await untilLocked(product);
    });
    await merging;
    // The lead that goes on for it finds the attempt of the referral, and does not send it again.
    await expect(beginSend(product, older)).rejects.toThrow('unknown');
  });

  test('a phone changes hands while a send to it is at the gate, or the other way round', async () => {
    const leadId = await refer('11987042005');
    await see(product, { bsuid: 'BR.425', waId: '5511987042005' });
    let sending: Promise<unknown> | undefined;
    await product.database.tenant(product.tenantId, async (rows) => {
      await recognise(rows, sightingOf(product, { bsuid: 'BR.426', waId: '5511987042005' }));
      sending = beginSend(product, leadId).then(() => 'go', String);
      await untilLocked(product);
    });
    expect(await sending).toContain('phone_changed_hands');
  });

  test('a referral while its person is merged or its phone passes: it goes where the phone is', async () => {
    const [older, younger] = [await refer('11987042007'), await refer('11987042008')];
    await see(product, { lid: '42000000007', waId: '5511987042007' });
    let referring: Promise<{ lead_id: string }> | undefined;
    await product.database.tenant(product.tenantId, async (rows) => {
      await recognise(rows, sightingOf(product, { lid: '42000000007', waId: '5511987042008' }));
      referring = product.refer({ telefone: '11987042008' });
      await untilLocked(product);
    });
    expect(await referring).toMatchObject({ lead_id: older, status: 'joined', referral_number: 3 });
    expect(younger).not.toBe(older);

    let passed: { personId: string | null } | undefined;
    await product.database.tenant(product.tenantId, async (rows) => {
      const at = new Date().toISOString();
      passed = await recognise(rows, {
        ...sightingOf(product, { lid: '42000000009', waId: '5511987042008' }),
        at,
      });
      referring = product.refer({ telefone: '11987042008' });
      await untilLocked(product);
    });
    expect(await personOf(product, (await referring)!.lead_id)).toBe(passed?.personId);
  });

  test('somebody new is referred while their phone is found to be that of somebody known', async () => {
    const personId = await somebody(product, { bsuid: 'BR.430' });
    let referring: Promise<{ lead_id: string }> | undefined;
    await product.database.tenant(product.tenantId, async (rows) => {
      await recognise(rows, sightingOf(product, { bsuid: 'BR.430', waId: '5511987042010' }));
      referring = product.refer({ telefone: '11987042010' });
      await untilLocked(product);
    });
    expect(await personOf(product, (await referring)!.lead_id)).toBe(personId);
  });

  test('two referrals by two phones of one person open one lead', async () => {
    const personId = await somebody(product, { phone: '+5511987042014' });
    await see(product, { phone: '+5511987042015' }, { personId });
    const referring: ReturnType<Product['refer']>[] = [];
    await product.database.tenant(product.tenantId, async ({ query }) => {
      await query('select from person where id = $1 for update', [personId]);
      for (const telefone of ['11987042014', '11987042015']) referring.push(product.refer({ telefone }));
      await untilLocked(product, 2);
    });
    const [one, other] = await Promise.all(referring);
    expect(one.lead_id).toBe(other.lead_id);
    expect([one.status, other.status].sort()).toEqual(['joined', 'received']);
  });

  test('an opt-out of a person who is being merged ends the leads of the one they become', async () => {
    const [older] = [await refer('11987042011'), await refer('11987042012')];
    const gone = (await see(product, { waId: '5511987042012' })).personId;
    await see(product, { lid: '42000000011', waId: '5511987042011' });
    let stopping: Promise<string[]> | undefined;
    await product.database.tenant(product.tenantId, async (rows) => {
      await recognise(rows, sightingOf(product, { lid: '42000000011', waId: '5511987042012' }));
      stopping = product.database.tenant(product.tenantId, (stop) =>
        recordOptOut(stop, { identities: [], personId: gone, source: 'test' }),
      );
      await untilLocked(product);
    });
    expect(await stopping).toEqual([older]);
  });
});

describe('whatever is seen, in whatever order', () => {
  /** A few of everything, so that sightings meet; a world of its own for each run keeps those of others out. */
  const one = fc.integer({ min: 0, max: 3 });
  const maybe = fc.option(one, { nil: null });
  const names = fc.record({ phone: maybe, nine: fc.boolean(), bsuid: maybe, lid: maybe, contact: maybe });
  const step = fc.oneof(
    fc.record({ refer: one }),
    fc.record({ see: names, of: maybe }),
    fc.record({ stop: names }),
  );
  type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

  const namesIn = (
    world: number,
    { phone, nine, bsuid, lid, contact }: typeof names extends fc.Arbitrary<infer V> ? V : never,
  ): Names => ({
    waId: phone === null ? null : `5531${nine ? '9' : ''}87${world}${phone}`,
    bsuid: bsuid === null ? null : `BR.${world}${bsuid}`,
    lid: lid === null ? null : `9${world}00000${lid}`,
    chatwootContact: contact === null ? null : world * 10 + contact,
  });

  async function play(world: number, what: Step, leads: Map<number, string>) {
    if ('refer' in what) {
      const { lead_id } = await product.refer({ telefone: `31987${world}${what.refer}` });
      leads.set(what.refer, lead_id);
    } else if ('see' in what) {
      const lead = what.of === null ? undefined : leads.get(what.of);
      const personId = lead ? await personOf(product, lead) : null;
      await seeOnceMore(product, namesIn(world, what.see), { personId });
    } else {
      const { identities } = sightingOf(product, namesIn(world, what.stop));
      await again(() =>
        product.database.tenant(product.tenantId, async (rows) => {
          const { personId } = await recognise(rows, { identities });
          await recordOptOut(rows, { identities, personId, source: 'test' });
        }),
      );
    }
  }

  /** What must hold of a world besides being sound: no referral is lost, and nobody is sent to who must not be. */
  async function check(world: number, steps: readonly Step[]) {
    await expectSound(product);
    const referrals = await product.query('select from referral where phone like $1', [`+5531987${world}%`]);
    expect(referrals).toHaveLength(steps.filter((what) => 'refer' in what).length);
    const said = steps.flatMap((what) =>
      'stop' in what ? sightingOf(product, namesIn(world, what.stop)).identities : [],
    );
    const stopped = new Set(said.map(({ hash }) => hash));
    const open = await product.query<{
      id: string;
      names: string[];
      listed: boolean;
      theirs: boolean;
      elsewhere: boolean;
    }>(
      `select l.id, array(select encode(i.hash, 'hex') from person_identity i where i.person_id = l.person_id) as names,
         exists (select from person_identity i join suppression s on s.hash = i.hash
                 where i.person_id = l.person_id) as listed,
         exists (select from person_identity i where i.person_id = l.person_id and i.value = r.phone) as theirs,
         exists (select from person_identity i where i.person_id = l.person_id and i.kind = 'wa_id') as elsewhere
       from lead l join referral r on r.id = l.referral_id where r.phone like $1 and l.stage <> 'closed'`,
      [`+5531987${world}%`],
    );
    for (const lead of open) {
      const gate = await beginSend(product, lead.id).then(() => 'go', String);
      if (lead.names.some((hash) => stopped.has(hash))) expect(lead.listed).toBe(true);
      if (lead.listed) expect(gate).toContain('opted_out');
      else if (lead.theirs) expect(gate).toBe('go');
      // A number that they were found at since is theirs as well.
      else if (!lead.elsewhere) expect(gate).toContain('phone_changed_hands');
    }
  }

  let worlds = 60_000;
  test.each([
    ['one after the other', 1, 40],
    ['four at once', 4, 30],
  ])(
    '%s: every name is one living person’s, nothing is lost, no lead is open twice',
    async (_, atOnce, numRuns) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), async (steps) => {
          const world = worlds++;
          const leads = new Map<number, string>();
          for (let i = 0; i < steps.length; i += atOnce) {
            await Promise.all(steps.slice(i, i + atOnce).map((what) => play(world, what, leads)));
          }
          await check(world, steps);
        }),
        { numRuns },
      );
    },
  );
});
