import { closeLead } from '../harness/leads.ts';
import { untilLocked, whileInsertsFail } from '../harness/owner.ts';
import { newLead } from '../harness/product.ts';
import { addTenant } from '../harness/second-tenant.ts';
import { countRows } from '../harness/stored.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { wholeLead } from './sending.ts';

const product = suiteProduct({ worker: false });

const post = (body: unknown, headers?: Record<string, string>) =>
  product.call('POST', '/v1/leads', body, headers);
const withKey = (key: string) => ({ 'idempotency-key': key });
const times = <Result>(n: number, work: (i: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: n }, (_, i) => work(i)));
const close = (leadId: string) => closeLead(product, leadId);

/** The answer as it was on the wire. */
async function rawPost(body: unknown, key: string): Promise<string> {
  const response = await fetch(`${product.url}/v1/leads`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${product.apiKey}`,
      'content-type': 'application/json',
      ...withKey(key),
    },
    body: JSON.stringify(body),
  });
  return `${response.status} ${response.headers.get('content-type')} ${await response.text()}`;
}

describe('the idempotency key', () => {
  test('the same again: the same answer to the byte, and one referral', async () => {
    const body = wholeLead();
    const first = await rawPost(body, 'again');
    expect(first).toMatch(/^202 application\/json/);
    const before = await countRows(product.query);
    expect(await rawPost(body, 'again')).toBe(first);
    expect(await countRows(product.query)).toEqual(before);
    await post({ ...body, nome: 'Joined meanwhile' });
    expect(await rawPost(body, 'again')).toBe(first);
  });

  test('20 at once: one referral, one answer', async () => {
    const body = wholeLead();
    const before = await countRows(product.query);
    const answers = await times(20, () => rawPost(body, 'at-once'));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^202/);
    const after = await countRows(product.query);
    expect([after.referral! - before.referral!, after.engine_outbox! - before.engine_outbox!]).toEqual([
      1, 1,
    ]);
  });

  test('of 20 people at once: one is stored, and every other is told that the key was used', async () => {
    const before = await countRows(product.query);
    const answers = await times(20, () => post(wholeLead(), withKey('one-key')));
    const told = answers.map(({ status, body }) => `${status} ${body.code ?? body.status}`).sort();
    expect(told).toEqual(['202 received', ...Array(19).fill('409 idempotency_key_reused')]);
    const after = await countRows(product.query);
    expect([after.person! - before.person!, after.lead! - before.lead!]).toEqual([1, 1]);
  });

  test('the same said otherwise is the same: order, English names, another writing of the phone', async () => {
    const { telefone, ...rest } = wholeLead({ telefone: '(11) 98765-2001' });
    const first = await rawPost({ telefone, ...rest }, 'otherwise');
    expect(await rawPost({ ...rest, telefone }, 'otherwise')).toBe(first);
    const english = { referral_status: rest.status_indicacao, consultant: rest.consultor, name: rest.nome };
    expect(await rawPost({ ...english, cnpj: rest.cnpj, phone: 5511987652001 }, 'otherwise')).toBe(first);
  });

  test.each(['nome', 'telefone', 'cnpj', 'consultor', 'status_indicacao', 'email', 'observacoes'])(
    'with another %s: 409, and nothing stored',
    async (field) => {
      const body = wholeLead();
      const others = { telefone: '11987652002', cnpj: null, status_indicacao: 'em_analise', email: 'a@b.co' };
      await post(body, withKey(`other-${field}`));
      const before = await countRows(product.query);
      const other = field in others ? others[field as keyof typeof others] : 'Outro';
      const answer = await post({ ...body, [field]: other }, withKey(`other-${field}`));
      expect(answer).toMatchObject({ status: 409, body: { code: 'idempotency_key_reused' } });
      expect(await countRows(product.query)).toEqual(before);
    },
  );

  test('a refused body uses up no key', async () => {
    expect((await post({}, withKey('refused'))).status).toBe(400);
    expect((await post(wholeLead(), withKey('refused'))).status).toBe(202);
  });

  test('two tenants with one key know nothing of each other', async () => {
    const other = await addTenant(product);
    const body = wholeLead();
    const ours = await post(body, withKey('shared'));
    const theirs = await other.call('POST', '/v1/leads', { ...body, nome: 'Outra' }, withKey('shared'));
    expect([ours.status, theirs.status, theirs.body.status]).toEqual([202, 202, 'received']);
    expect(theirs.body.lead_id).not.toBe(ours.body.lead_id);
    expect((await countRows(other.query)).lead).toBe(1);
  });
});

describe('joining', () => {
  test.each(['11987653001', '11 8765-3001', '+55 (11) 98765-3001', '551187653001', '0 11 98765 3001'])(
    'the open lead, whatever the form of its phone: %s',
    async (telefone) => {
      const [opened] = await product.query<{ id: string; count: number }>(
        `select l.id, l.referral_count as count from lead l join referral r on r.id = l.referral_id
         where r.phone = '+5511987653001'`,
      );
      const { status, body } = await post(wholeLead({ telefone, consultor: telefone }));
      expect(status).toBe(202);
      expect(body).toMatchObject({ referral_number: (opened?.count ?? 0) + 1 });
      if (opened) expect(body).toMatchObject({ status: 'joined', lead_id: opened.id });
      const lead = await product.lead(body.lead_id);
      expect(lead).toMatchObject({ consultant: telefone, referral_count: body.referral_number });
      expect(lead.timeline.at(-1)).toMatchObject({ kind: opened ? 'referred_again' : 'received' });
    },
  );

  test('20 at once for somebody new, in both forms: one person, one open lead, referrals 1 to 20', async () => {
    const before = await countRows(product.query);
    const forms = ['(31) 98765-3002', '3187653002'];
    const answers = await times(20, (i) => post(wholeLead({ telefone: forms[i % 2] })));
    expect(new Set(answers.map(({ body }) => body.lead_id)).size).toBe(1);
    expect(answers.map(({ body }) => body.referral_number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
    expect(answers.map(({ body }) => body.status).sort()).toEqual([...Array(19).fill('joined'), 'received']);
    const after = await countRows(product.query);
    const grown = Object.entries(after).flatMap(([table, n]) =>
      n === before[table] ? [] : [[table, n - before[table]!]],
    );
    expect(Object.fromEntries(grown)).toEqual({
      person: 1,
      person_identity: 2,
      lead: 1,
      referral: 20,
      lead_event: 20,
      engine_outbox: 20,
    });
    const lead = await product.lead(answers[0]?.body.lead_id);
    expect(lead.referrals.map(({ number }: { number: number }) => number)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
    expect(lead.referral_count).toBe(20);
  });

  test('once it is closed: a new lead of the same person; two open ones cannot be', async () => {
    const telefone = newLead().telefone;
    const first = (await post(wholeLead({ telefone }))).body;
    await close(first.lead_id);
    const second = (await post(wholeLead({ telefone, nome: 'Maria de Novo' }))).body;
    expect(second).toMatchObject({ status: 'received', referral_number: 1 });
    expect(second.lead_id).not.toBe(first.lead_id);
    const [people] = await product.query<{ n: number; names: string[] }>(
      `select count(distinct person_id) as n, array_agg(p.name) as names
       from lead l join person p on p.id = l.person_id where l.id = any ($1)`,
      [[first.lead_id, second.lead_id]],
    );
    expect(people).toEqual({ n: 1, names: ['Maria de Novo', 'Maria de Novo'] });
    const reopened = product.query(
      `update lead set stage = 'main', outcome = null, closed_at = null where id = $1`,
      [first.lead_id],
    );
    await expect(reopened).rejects.toThrow('lead_open');
  });

  test('a lead that is closed at this very moment is not joined', async () => {
    const telefone = newLead().telefone;
    const first = (await post(wholeLead({ telefone }))).body;
    let answering: ReturnType<typeof post> | undefined;
    await product.database.tenant(product.tenantId, async ({ query }) => {
      await closeLead({ query }, first.lead_id);
      answering = post(wholeLead({ telefone }));
      await untilLocked(product);
    });
    const second = await answering;
    expect(second).toMatchObject({ status: 202, body: { status: 'received', referral_number: 1 } });
    expect(second?.body.lead_id).not.toBe(first.lead_id);
    expect(await product.lead(first.lead_id)).toMatchObject({ stage: 'closed', referral_count: 1 });
    expect((await product.lead(first.lead_id)).referrals).toHaveLength(1);
  });

  test('what a person must look at stays until it is settled', async () => {
    const telefone = newLead().telefone;
    const { lead_id } = (await post(wholeLead({ telefone }))).body;
    const [agent] = product.sandbox.chatwoot.agents;
    const attention = async () => (await product.lead(lead_id)).attention;
    expect(await attention()).toBe('consultant_unknown');
    await post(wholeLead({ telefone, consultor: agent?.name }));
    expect(await attention()).toBeNull();
    await product.query(`update lead set attention = 'send_unknown' where id = $1`, [lead_id]);
    await post(wholeLead({ telefone, consultor: agent?.name }));
    expect(await attention()).toBe('send_unknown');
  });
});

describe('who it is about', () => {
  test('the fullest name stays, and every referral keeps what was typed', async () => {
    const telefone = newLead().telefone;
    const said: [string, string][] = [
      ['Maria', 'Maria'],
      ['maria aparecida', 'maria aparecida'],
      ['Maria Aparecida da Silva', 'Maria Aparecida da Silva'],
      ['MARIA', 'Maria Aparecida da Silva'],
      ['Maria A.', 'Maria Aparecida da Silva'],
      ['Márcia', 'Márcia'],
    ];
    let leadId = '';
    for (const [nome, kept] of said) {
      leadId = (await post(wholeLead({ telefone, nome }))).body.lead_id;
      expect((await product.lead(leadId)).name).toBe(kept);
    }
    const { referrals } = await product.lead(leadId);
    expect(referrals.map(({ name }: { name: string }) => name)).toEqual(said.map(([nome]) => nome));
  });

  test('a consultant of whom Chatwoot cannot know is known, and the lead asks for attention', async () => {
    await product.call('POST', '/v1/consultants', { nome: 'Otto Sem Agente' });
    const telefone = newLead().telefone;
    const refer = async (consultor: string | undefined) => {
      const { body } = await post(wholeLead({ telefone, consultor }));
      const { consultant, consultant_known, attention } = await product.lead(body.lead_id);
      return { consultant, consultant_known, attention };
    };
    expect(await refer('otto sem agente')).toEqual({
      consultant: 'Otto Sem Agente',
      consultant_known: true,
      attention: 'consultant_without_agent',
    });
    const listed = await product.call('GET', '/v1/leads?attention=true&consultant=otto');
    expect(listed.body.leads).toMatchObject([{ attention: 'consultant_without_agent' }]);
    expect(await refer(product.sandbox.chatwoot.agents[0]?.name)).toMatchObject({ attention: null });
  });

  test('a consultant by name or e-mail, whatever the case, accents and spaces', async () => {
    await product.call('POST', '/v1/consultants', {
      nome: 'José  Antônio Ávila',
      email: 'Jose@Empresa.com.br',
    });
    for (const consultor of ['JOSE ANTONIO AVILA', ' josé antônio ávila ', 'jose@empresa.COM.br']) {
      const { body } = await post(wholeLead({ consultor }));
      expect(body.consultant_known).toBe(true);
      expect(await product.lead(body.lead_id)).toMatchObject({
        consultant: 'José  Antônio Ávila',
        consultant_known: true,
        attention: null,
      });
    }
    const { body } = await post(wholeLead({ consultor: 'José Antônio' }));
    expect(await product.lead(body.lead_id)).toMatchObject({
      consultant: 'José Antônio',
      consultant_known: false,
      attention: 'consultant_unknown',
    });
  });

  test('somebody who has opted out: stored, and said so, under any form of the number', async () => {
    const first = (await post(wholeLead({ telefone: '(31) 98765-4001' }))).body;
    expect((await product.call('POST', `/v1/leads/${first.lead_id}/opt-out`)).status).toBe(202);
    await close(first.lead_id);
    const second = (await post(wholeLead({ telefone: '31 8765-4001' }))).body;
    expect(second.status).toBe('opted_out');
    expect((await product.lead(second.lead_id)).referrals).toHaveLength(1);
  });
});

describe('whole or not at all', () => {
  const TABLES = [
    'person',
    'person_identity',
    'lead',
    'referral',
    'lead_event',
    'engine_outbox',
    'idempotency_key',
  ];
  const timings = TABLES.flatMap((table) =>
    (['insert', 'commit'] as const).map((when) => [table, when] as const),
  );

  test.each(timings)('%s fails at the %s: 500, and nothing stored', async (table, when) => {
    const body = wholeLead();
    const key = withKey(`fails:${table}:${when}`);
    const before = await countRows(product.query);
    const refused = await whileInsertsFail(product, table, () => post(body, key), when);
    expect([refused.status, refused.body.code]).toEqual([500, 'internal']);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(JSON.stringify(refused.body)).not.toContain('made to fail');
    expect(await countRows(product.query)).toEqual(before);
    expect(await post(body, key)).toMatchObject({ status: 202, body: { referral_number: 1 } });
  });
});
