import { addTenant } from '../harness/second-tenant.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct({ worker: false });

type Consultant = { id: string; nome: string; email: string | null };

const add = (body: unknown) => product.call('POST', '/v1/consultants', body);
const change = (id: string, body: unknown) => product.call('PATCH', `/v1/consultants/${id}`, body);
const all = async (): Promise<Consultant[]> =>
  (await product.call('GET', '/v1/consultants')).body.consultants;
const taken = (...errors: [string, string][]) => ({
  status: 409,
  body: {
    code: 'consultant_taken',
    errors: errors.map(([field, code]) => ({ field, code, message: expect.stringMatching(/\w/) })),
  },
});

/** Expects that `ask` is answered so, and that no consultant is another than before. */
async function changesNothing(ask: () => ReturnType<typeof add>, answer: object) {
  const before = await all();
  expect(await ask()).toMatchObject(answer);
  expect(await all()).toEqual(before);
}

test('are listed by name, whatever case and accents', async () => {
  for (const nome of ['Íris', 'zeca', 'Iara']) expect((await add({ nome })).status).toBe(201);
  const names = (await all()).map(({ nome }) => nome);
  expect(names.filter((nome) => ['Íris', 'zeca', 'Iara'].includes(nome))).toEqual(['Iara', 'Íris', 'zeca']);
});

describe('adding', () => {
  test('201 with what is stored', async () => {
    const { status, body } = await add({ nome: ' Lia Reis ', email: ' Lia@Empresa.com ' });
    expect([status, body]).toEqual([
      201,
      { id: expect.any(String), nome: 'Lia Reis', email: 'Lia@Empresa.com', chatwoot_agent_id: null },
    ]);
    expect(await all()).toContainEqual(body);
  });

  test('the same again: 200 and nothing changed, however it is written', async () => {
    const first = await add({ nome: 'Rui Sá', email: 'rui@empresa.com' });
    const alone = await add({ nome: 'Noé' });
    for (const same of [
      { nome: 'Rui Sá', email: 'rui@empresa.com' },
      { nome: 'RUI  SA', email: 'RUI@empresa.com' },
      { nome: 'rui sá' },
    ]) {
      await changesNothing(() => add(same), { status: 200, body: first.body });
    }
    for (const same of [{ nome: 'Noé' }, { nome: 'noe', email: null }, { nome: 'Noé', email: ' ' }]) {
      await changesNothing(() => add(same), { status: 200, body: alone.body });
    }
  });

  test('a name that is there with another e-mail: 409 that tells how to change it', async () => {
    await add({ nome: 'Téo Lima', email: 'teo@empresa.com' });
    for (const email of ['outro@empresa.com', null, '']) {
      const again = () => add({ nome: 'TEO LIMA', email });
      await changesNothing(again, taken(['nome', 'name_taken']));
      expect((await again()).body.errors[0].message).toContain('Altere o que existe');
    }
  });

  test('an e-mail that another has: 409 that names it, whatever the case', async () => {
    await add({ nome: 'Eva Melo', email: 'eva@empresa.com' });
    await add({ nome: 'Ivo Melo', email: 'ivo@empresa.com' });
    const twice = () => add({ nome: 'Eva Castro', email: 'EVA@empresa.com' });
    await changesNothing(twice, taken(['email', 'email_taken']));
    expect((await twice()).body.errors[0].message).toContain('Eva Melo');
    const both = () => add({ nome: 'Ivo Melo', email: 'eva@empresa.com' });
    await changesNothing(both, taken(['nome', 'name_taken'], ['email', 'email_taken']));
  });

  test('10 at once with one e-mail: one of them', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => add({ nome: `Gêmeo ${i}`, email: 'gemeo@empresa.com' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)]);
    expect((await all()).filter(({ email }) => email === 'gemeo@empresa.com')).toHaveLength(1);
  });

  test('many without any e-mail', async () => {
    expect((await add({ nome: 'Sem Um', email: null })).status).toBe(201);
    expect((await add({ nome: 'Sem Dois', email: '' })).status).toBe(201);
  });

  test.each<[unknown, [string, string][]]>([
    [{}, [['nome', 'required']]],
    [
      { nome: ' \u0000 ', email: 'x' },
      [
        ['nome', 'required'],
        ['email', 'invalid_format'],
      ],
    ],
    [{ nome: 'a'.repeat(201) }, [['nome', 'too_big']]],
    [{ nome: 1 }, [['nome', 'invalid_type']]],
    [[], [['', 'object_expected']]],
    ['null', [['', 'object_expected']]],
    [undefined, [['', 'object_expected']]],
  ])('refused: %j', async (body, errors) => {
    await changesNothing(() => add(body), { status: 400, body: { code: 'invalid_body' } });
    const { body: problem } = await add(body);
    expect(problem.errors.map(({ field, code }: { field: string; code: string }) => [field, code])).toEqual(
      errors,
    );
    for (const { message } of problem.errors) expect(message).not.toMatch(/invalid|expected|too/i);
  });
});

describe('changing', () => {
  test('what is given, and nothing else', async () => {
    const { body: ugo } = await add({ nome: 'Ugo Dias', email: 'ugo@empresa.com' });
    const steps: [object, object][] = [
      [{ email: 'novo@empresa.com' }, { ...ugo, email: 'novo@empresa.com' }],
      [{ nome: 'Hugo Dias' }, { ...ugo, nome: 'Hugo Dias', email: 'novo@empresa.com' }],
      [
        { nome: 'HUGO DIAS', email: 'Novo@empresa.com' },
        { ...ugo, nome: 'HUGO DIAS', email: 'Novo@empresa.com' },
      ],
      [{ email: null }, { ...ugo, nome: 'HUGO DIAS', email: null }],
    ];
    for (const [given, stored] of steps) {
      expect(await change(ugo.id, given)).toMatchObject({ status: 200, body: stored });
      expect(await all()).toContainEqual(stored);
    }
    const { body } = await product.call('POST', '/v1/leads', {
      nome: 'Ana',
      telefone: '11987657001',
      status_indicacao: 'qualificado',
      consultor: 'hugo dias',
    });
    expect(body.consultant_known).toBe(true);
  });

  test('the agent, who must be one of Chatwoot’s; null lets the e-mail find them again', async () => {
    const { body: gil } = await add({ nome: 'Gil Sá', email: 'gil@empresa.com' });
    const pinned = { ...gil, chatwoot_agent_id: 12 };
    expect(await change(gil.id, { chatwoot_agent_id: 12 })).toMatchObject({ status: 200, body: pinned });
    expect(await change(gil.id, { nome: 'Gil Sá' })).toMatchObject({ status: 200, body: pinned });
    await changesNothing(() => change(gil.id, { chatwoot_agent_id: 99 }), {
      status: 400,
      body: {
        errors: [
          {
            field: 'chatwoot_agent_id',
            code: 'unknown_agent',
            message: expect.stringMatching(/agente 99\. Há: 11 \(Ana Martins\), 12/),
          },
        ],
      },
    });
    product.sandbox.chatwoot.addFault({ kind: 'status', status: 500, when: 'before', times: 4 });
    await changesNothing(() => change(gil.id, { chatwoot_agent_id: 11 }), {
      status: 502,
      body: { code: 'chatwoot_unavailable' },
    });
    product.sandbox.chatwoot.clearFaults();
    expect(await change(gil.id, { chatwoot_agent_id: null })).toMatchObject({ status: 200, body: gil });
  });

  test('what another has: 409 that names it, and nothing changed', async () => {
    await add({ nome: 'Ada Paz', email: 'ada@empresa.com' });
    const { body: bel } = await add({ nome: 'Bel Paz', email: 'bel@empresa.com' });
    await changesNothing(() => change(bel.id, { email: 'ADA@empresa.com' }), taken(['email', 'email_taken']));
    await changesNothing(() => change(bel.id, { nome: 'áda  paz' }), taken(['nome', 'name_taken']));
  });

  test('nobody, or nobody of ours: 404; nothing to change: 400', async () => {
    const { body: cid } = await add({ nome: 'Cid Paz' });
    const other = await addTenant(product);
    const notFound = { status: 404, body: { code: 'consultant_not_found' } };
    for (const id of ['0198c1e8-0000-7000-8000-000000000000', 'x', '%00']) {
      await changesNothing(() => change(id, { nome: 'Outro' }), notFound);
    }
    const elsewhere = () => other.call('PATCH', `/v1/consultants/${cid.id}`, { nome: 'Outro' });
    await changesNothing(elsewhere, notFound);
    for (const body of [{}, { nome: ' ' }, { email: 'x' }, 'null', undefined]) {
      await changesNothing(() => change(cid.id, body), { status: 400, body: { code: 'invalid_body' } });
    }
  });

  test('two tenants may have the same', async () => {
    const other = await addTenant(product);
    const same = { nome: 'Dora Paz', email: 'dora@empresa.com' };
    expect((await add(same)).status).toBe(201);
    expect((await other.call('POST', '/v1/consultants', same)).status).toBe(201);
  });
});
