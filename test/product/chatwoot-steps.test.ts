import { contactActivities } from '../../activities/contacts.ts';
import {
  addLabels,
  createContact,
  createConversation,
  updateContact,
} from '../../src/providers/chatwoot/client.ts';
import type { FaultRequest } from '../../src/sandbox/faults.ts';
import { until } from '../harness/product.ts';
import { inStage, kindsOf, viewOf } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { activityDependencies } from './activity-dependencies.ts';

const product = suiteProduct();
beforeAll(async () => {
  // Before anybody asks who is there: the answer is used again for some seconds.
  const [, , carla] = product.sandbox.chatwoot.agents;
  product.sandbox.chatwoot.setAvailability(carla!.id, 'offline');
});
afterEach(() => {
  product.sandbox.chatwoot.clearFaults();
  product.sandbox.chatwoot.setBehaviour({ allowDuplicatePhones: false });
});

/** Chatwoot as somebody else uses it. */
const chatwoot = () => {
  const { url, accountId, token } = product.sandbox.chatwoot;
  return { baseUrl: url, accountId, token };
};
const inboxId = () => product.sandbox.chatwoot.inboxId;

const fault = (method: string, path: string, over: FaultRequest) =>
  product.sandbox.chatwoot.addFault({ match: { method, path }, ...over });
const asleep = (leadId: string) => inStage(product, leadId, 'waiting');
const askedFor = (method: string, path: RegExp) =>
  product.sandbox.chatwoot.calls().filter((call) => call.method === method && path.test(call.path));
const creates = (digits: string) =>
  askedFor('POST', /\/contacts$/).filter((call) => JSON.stringify(call.body).includes(digits));

describe('the contact is found', () => {
  test('by the id that the lead has, whatever became of its number', async () => {
    const first = await product.refer({ telefone: '11975550001' });
    const { chatwoot: there } = await asleep(first.lead_id);
    await updateContact(chatwoot(), there.contact_id, { phone: '+5511975559991', identifier: null });
    await product.refer({ telefone: '11975550001' });
    const lead = await until(async () => {
      const found = await product.lead(first.lead_id);
      return kindsOf(found).filter((kind) => kind === 'asleep').length === 2 && found;
    });
    expect(lead.chatwoot).toEqual(there);
    expect(kindsOf(lead)).toContain('contact_found');
    expect(viewOf(product, '11975550001').contacts()).toEqual([]);
  });

  test('by our identifier, when another lead of the person has no id yet', async () => {
    const first = await product.refer({ telefone: '11975550002' });
    const { chatwoot: there } = await asleep(first.lead_id);
    await product.call('POST', '/v1/conversions', { lead_id: first.lead_id });
    await inStage(product, first.lead_id, 'closed');
    await updateContact(chatwoot(), there.contact_id, { phone: '+5511975559992' });
    const second = await product.refer({ telefone: '11975550002' });
    expect(second.lead_id).not.toBe(first.lead_id);
    expect((await asleep(second.lead_id)).chatwoot.contact_id).toBe(there.contact_id);
  });

  test('by its number, when somebody was quicker to create it: the refusal does not say who', async () => {
    fault('POST', '/contacts$', { kind: 'latency', ms: 1_000 });
    const { lead_id } = await product.refer({ telefone: '11975550003' });
    await until(() => creates('75550003').length > 0);
    const other = { inboxId: inboxId(), name: 'De outro', phone: '+5511975550003', identifier: 'crm:3' };
    const { id } = await createContact(chatwoot(), other);
    const lead = await asleep(lead_id);
    expect(lead.chatwoot.contact_id).toBe(id);
    expect(viewOf(product, '11975550003').contacts()).toMatchObject([{ id, identifier: 'crm:3' }]);
    expect(creates('75550003').map(({ status }) => status)).toEqual([422, 200]);
  });

  test('without the search, of which an account has a hundred a minute', async () => {
    expect(askedFor('POST', /\/contacts\/filter$/).length).toBeGreaterThan(0);
    expect(askedFor('GET', /\/contacts\/search/)).toEqual([]);
  });
});

test('two who create one person at once make one contact, even where Chatwoot keeps no phone unique', async () => {
  product.sandbox.chatwoot.setBehaviour({ allowDuplicatePhones: true });
  await product.stopWorker();
  const { lead_id: leadId } = await product.refer({ telefone: '11975550004' });
  const [lead] = await product.query<{ id: string }>('select referral_id as id from lead where id = $1', [
    leadId,
  ]);
  const of = {
    tenantId: product.tenantId,
    leadId,
    referralId: String(lead?.id),
    stage: 'main' as const,
  };
  const { findOrCreateContact } = contactActivities(activityDependencies(product));
  // Each has looked, and found nobody, before one of them creates.
  fault('POST', '/contacts/filter', { kind: 'latency', when: 'after', ms: 500, times: 2 });
  const results = await Promise.all([findOrCreateContact(of), findOrCreateContact(of)]);
  const [contact, ...others] = viewOf(product, '11975550004').contacts();
  expect(others).toEqual([]);
  expect(results.map(({ contactId }) => contactId)).toEqual([contact?.id, contact?.id]);
  const statuses = askedFor('POST', /\/contacts$/).map(({ status }) => status);
  expect(statuses.slice(-2).sort()).toEqual([200, 422]);
  await product.startWorker();
  await asleep(leadId);
});

const ALL = ['/contacts$', '/conversations$', '/messages$'];
const CUT: FaultRequest = { kind: 'cut', when: 'after' };
test.each<[string, FaultRequest, string[], string]>([
  ['the connection is cut', CUT, ALL, '11975550011'],
  ['a 500 comes', { kind: 'status', status: 500, when: 'after' }, ALL, '11975550012'],
  ['the connection is cut, but for the contact', CUT, ALL.slice(1), '11975550013'],
])('%s after each thing was created: nothing is created twice', async (_, broken, paths, phone) => {
  const person = viewOf(product, phone);
  product.sandbox.chatwoot.clearCalls();
  for (const path of paths) fault('POST', path, broken);
  const { lead_id } = await product.refer({ telefone: phone });
  const lead = await asleep(lead_id);
  expect(person.contacts()).toMatchObject([{ id: lead.chatwoot.contact_id }]);
  expect(person.conversations()).toMatchObject([{ id: lead.chatwoot.conversation_id }]);
  expect(person.conversations()[0]?.messages).toHaveLength(1);
  expect(person.sends()).toHaveLength(1);
  const hit = product.sandbox.chatwoot.calls().filter((call) => call.fault !== null);
  expect(hit.map(({ effect }) => effect)).toEqual(paths.map(() => true));
});

test('what others keep on contact and conversation stays: labels and attributes are added to', async () => {
  const phone = '11975550021';
  const person = viewOf(product, phone);
  const { id: contactId } = await createContact(chatwoot(), {
    inboxId: inboxId(),
    name: 'Já cliente',
    phone: `+55${phone}`,
    identifier: 'crm:21',
    customAttributes: { plano: 'ouro', origem: 'site' },
  });
  const { id } = await createConversation(chatwoot(), {
    inboxId: inboxId(),
    contactId,
    status: 'open',
    customAttributes: { pedido: 77 },
  });
  await addLabels(chatwoot(), id, ['vip']);
  const { lead_id } = await product.refer({ telefone: phone });
  expect((await asleep(lead_id)).chatwoot.conversation_id).toBe(id);
  expect(person.contacts()).toMatchObject([
    {
      identifier: 'crm:21',
      customAttributes: { plano: 'ouro', origem: 'api_oficial', consultor: 'Ana Martins' },
    },
  ]);
  person.says('SAIR');
  await inStage(product, lead_id, 'closed');
  await until(() => person.conversations()[0]?.labels.includes('descadastrado'));
  expect(person.conversations()).toMatchObject([
    { labels: ['vip', 'descadastrado'], customAttributes: { pedido: 77 } },
  ]);
});

describe('the conversation goes', () => {
  test('to the agent with the consultant’s e-mail, whatever its case', async () => {
    await product.query(`update consultant set email = upper(email)`);
    const [, bruno] = product.sandbox.chatwoot.agents;
    const { lead_id } = await product.refer({ telefone: '11975550031', consultor: bruno?.name });
    expect(await asleep(lead_id)).toMatchObject({ attention: null });
    expect(viewOf(product, '11975550031').conversations()).toMatchObject([{ assigneeId: bruno?.id }]);
  });

  test('to the team where no agent has the e-mail, and the lead says so until one has it', async () => {
    const davi = { nome: 'Davi Sem Agente', email: 'davi@exemplo.com.br' };
    await product.call('POST', '/v1/consultants', davi);
    const person = viewOf(product, '11975550032');
    const { lead_id } = await product.refer({ telefone: '11975550032', consultor: davi.nome });
    expect(await asleep(lead_id)).toMatchObject({
      consultant_known: true,
      attention: 'consultant_without_agent',
    });
    const { teamId, agents } = product.sandbox.chatwoot;
    expect(person.conversations()).toMatchObject([{ assigneeId: null, teamId }]);
    await product.refer({ telefone: '11975550032', consultor: agents[1]?.name });
    await until(() => person.conversations()[0]?.assigneeId === agents[1]?.id);
    await until(async () => (await product.lead(lead_id)).attention === null);
  });

  test('to the agent that was chosen for the consultant, whatever their e-mail', async () => {
    const [ana, bruno] = product.sandbox.chatwoot.agents;
    const { body } = await product.call('POST', '/v1/consultants', {
      nome: 'Dora Reis',
      email: ana!.email.replace('ana', 'dora'),
    });
    await product.call('PATCH', `/v1/consultants/${body.id}`, { chatwoot_agent_id: bruno!.id });
    const { lead_id } = await product.refer({ telefone: '11975550035', consultor: 'Dora Reis' });
    expect((await asleep(lead_id)).attention).toBeNull();
    expect(viewOf(product, '11975550035').conversations()).toMatchObject([{ assigneeId: bruno!.id }]);
  });

  test('to the team where the agent is merely offline, and nobody has to look', async () => {
    const { agents, teamId } = product.sandbox.chatwoot;
    const { lead_id } = await product.refer({ telefone: '11975550033', consultor: agents[2]?.name });
    expect(await asleep(lead_id)).toMatchObject({ attention: null });
    expect(viewOf(product, '11975550033').conversations()).toMatchObject([{ assigneeId: null, teamId }]);
  });

  test('to the team where Chatwoot refuses the agent, who has just gone', async () => {
    fault('POST', '/conversations$', { kind: 'status', status: 404 });
    const { lead_id } = await product.refer({ telefone: '11975550034' });
    await asleep(lead_id);
    const { teamId } = product.sandbox.chatwoot;
    expect(viewOf(product, '11975550034').conversations()).toMatchObject([{ assigneeId: null, teamId }]);
  });
});
