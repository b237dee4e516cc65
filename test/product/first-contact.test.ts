import {
  addLabels,
  createContact,
  createConversation,
  setStatus,
} from '../../src/providers/chatwoot/client.ts';
import { until } from '../harness/product.ts';
import { inStage, kindsOf, viewOf } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct();

/** Chatwoot as somebody else uses it. */
const chatwoot = () => {
  const { url, accountId, token } = product.sandbox.chatwoot;
  return { baseUrl: url, accountId, token };
};

async function knownContact(phone: string, status: 'open' | 'resolved') {
  const { inboxId } = product.sandbox.chatwoot;
  const { id } = await createContact(chatwoot(), {
    inboxId,
    name: 'Já cliente',
    phone,
    identifier: `crm:${phone}`,
  });
  const conversation = await createConversation(chatwoot(), { inboxId, contactId: id, status: 'open' });
  await addLabels(chatwoot(), conversation.id, ['vip']);
  if (status === 'resolved') await setStatus(chatwoot(), conversation.id, 'resolved');
  return { contactId: id, conversationId: conversation.id };
}

describe('A: nobody in Chatwoot knows the person', () => {
  test('one contact, one conversation of the consultant, one note, one template; asleep until 09:00', async () => {
    const person = viewOf(product, '11981110001');
    const { lead_id } = await product.refer({ telefone: '(11) 98111-0001', observacoes: 'prefere à tarde' });
    const lead = await inStage(product, lead_id, 'waiting');
    const [contact, ...others] = person.contacts();
    expect(others).toEqual([]);
    expect(contact).toMatchObject({ phone: '+5511981110001', name: 'Maria Aparecida da Silva' });
    expect(contact?.identifier).toMatch(/^lead-flow:[0-9a-f-]{36}$/);
    const [conversation, ...more] = person.conversations();
    expect(more).toEqual([]);
    expect(conversation).toMatchObject({
      assigneeId: product.sandbox.chatwoot.agents[0]?.id,
      status: 'open',
    });
    expect(conversation?.messages).toHaveLength(1);
    expect(conversation?.messages[0]).toMatchObject({ private: true });
    expect(conversation?.messages[0]?.content).toContain('prefere à tarde');
    expect(person.sends()).toHaveLength(1);
    expect(person.sends()[0]).toMatchObject({
      via: 'api',
      template: 'indicacao_boas_vindas',
      bodyParameters: ['Maria'],
    });
    expect(lead).toMatchObject({
      origin: 'api_oficial',
      outcome: null,
      attention: null,
      rework: { count: 0, at: null },
      chatwoot: { contact_id: contact?.id, conversation_id: conversation?.id },
    });
    const inSaoPaulo = new Date(new Date(lead.wake_at).getTime() - 3 * 3_600_000).toISOString();
    expect(inSaoPaulo).toMatch(/T09:00:00.000Z$/);
    expect(kindsOf(lead)).toEqual([
      'received',
      'contact_created',
      'conversation_created',
      'referral_noted',
      'template_sent',
      'asleep',
    ]);
  });

  test('delivery statuses move the message and leave the workflow asleep', async () => {
    const { lead_id } = await product.refer({ telefone: '(11) 98111-0002' });
    const lead = await until(async () => {
      const found = await product.lead(lead_id);
      return found.messages[0]?.state === 'read' && found;
    });
    expect(lead.messages).toHaveLength(1);
    const [message] = lead.messages;
    expect(Date.parse(message.sent_at)).toBeLessThanOrEqual(Date.parse(message.delivered_at));
    expect(Date.parse(message.delivered_at)).toBeLessThanOrEqual(Date.parse(message.read_at));
    expect(message.attempts).toMatchObject([{ try: 1, state: 'accepted' }]);
    const { status } = await product.client.workflow.getHandle(lead_id).describe();
    expect(status.name).toBe('RUNNING');
  });

  test('a consultant nobody knows is kept and flagged, and the team has the conversation', async () => {
    const person = viewOf(product, '11981110003');
    const { lead_id } = await product.refer({ telefone: '11981110003', consultor: 'Zé Ninguém' });
    const lead = await inStage(product, lead_id, 'waiting');
    expect(lead).toMatchObject({
      consultant: 'Zé Ninguém',
      consultant_known: false,
      attention: 'consultant_unknown',
    });
    expect(person.conversations()).toMatchObject([
      { assigneeId: null, teamId: product.sandbox.chatwoot.teamId },
    ]);
  });

  test('a number that WhatsApp knows without its ninth digit is linked to the contact', async () => {
    const person = viewOf(product, '31987650004');
    const { lead_id } = await product.refer({ telefone: '(31) 98765-0004' });
    await inStage(product, lead_id, 'waiting');
    const sources = person.contacts()[0]?.inboxes.map((inbox) => inbox.sourceId);
    expect(sources).toEqual(expect.arrayContaining(['5531987650004', '553187650004']));
    expect(person.contacts()).toHaveLength(1);
  });
});

describe('B: Chatwoot knows the person', () => {
  test('under the number without its ninth digit: no second contact, its open conversation is reassigned', async () => {
    const known = await knownContact('+551187650011', 'open');
    const person = viewOf(product, '11987650011');
    const { lead_id } = await product.refer({
      telefone: '(11) 98765-0011',
      consultor: product.sandbox.chatwoot.agents[1]?.name,
    });
    const lead = await inStage(product, lead_id, 'waiting');
    expect(lead.chatwoot).toEqual({ contact_id: known.contactId, conversation_id: known.conversationId });
    expect(person.contacts()).toMatchObject([
      { id: known.contactId, name: 'Maria Aparecida da Silva', customAttributes: { cnpj: '11222333000181' } },
    ]);
    expect(person.conversations()).toMatchObject([
      { id: known.conversationId, assigneeId: product.sandbox.chatwoot.agents[1]?.id, labels: ['vip'] },
    ]);
    expect(person.sends()).toHaveLength(1);
    expect(kindsOf(lead)).toEqual([
      'received',
      'contact_found',
      'conversation_adopted',
      'assigned',
      'referral_noted',
      'contact_updated',
      'template_sent',
      'asleep',
    ]);
  });

  test('with nothing but a resolved conversation: a new one', async () => {
    const known = await knownContact('+5511987650012', 'resolved');
    const { lead_id } = await product.refer({ telefone: '(11) 98765-0012' });
    const lead = await inStage(product, lead_id, 'waiting');
    expect(lead.chatwoot.contact_id).toBe(known.contactId);
    expect(lead.chatwoot.conversation_id).not.toBe(known.conversationId);
    expect(viewOf(product, '11987650012').conversations()).toHaveLength(2);
  });
});

describe('a referral that joins an open lead', () => {
  test('reassigns, tells the former consultant, restarts the wait, and sends nothing within a day', async () => {
    const person = viewOf(product, '11987650021');
    const [ana, bruno] = product.sandbox.chatwoot.agents;
    const first = await product.refer({ telefone: '(11) 98765-0021', consultor: ana?.name });
    await inStage(product, first.lead_id, 'waiting');
    const second = await product.refer({ telefone: '(11) 8765-0021', consultor: bruno?.name });
    expect(second).toMatchObject({ lead_id: first.lead_id, referral_number: 2, status: 'joined' });
    const lead = await until(
      async () => {
        const found = await product.lead(first.lead_id);
        return kindsOf(found).filter((kind) => kind === 'asleep').length === 2 && found;
      },
      { state: () => product.lead(first.lead_id) },
    );
    expect(person.contacts()).toHaveLength(1);
    expect(person.conversations()).toMatchObject([{ assigneeId: bruno?.id }]);
    const notes = person.conversations()[0]?.messages.map((message) => message.content);
    expect(notes).toContainEqual(expect.stringContaining(`passou de ${ana?.name} para ${bruno?.name}`));
    expect(person.sends()).toHaveLength(1);
    expect(lead.referrals).toHaveLength(2);
    expect(lead.timeline).toContainEqual(
      expect.objectContaining({ kind: 'send_skipped', detail: { reason: 'recently_sent' } }),
    );
    expect(lead).toMatchObject({ stage: 'waiting', consultant: bruno?.name });
  });

  test('sends again where the last template left longer ago than the setting says', async () => {
    const person = viewOf(product, '11987650022');
    const first = await product.refer({ telefone: '(11) 98765-0022' });
    await inStage(product, first.lead_id, 'waiting');
    await product.query(
      `update send_attempt set begun_at = begun_at - interval '25 hours' where lead_id = $1`,
      [first.lead_id],
    );
    await product.refer({ telefone: '(11) 98765-0022' });
    await until(() => person.sends().length === 2);
    await inStage(product, first.lead_id, 'waiting');
    expect(person.sends().map((send) => send.template)).toEqual([
      'indicacao_boas_vindas',
      'indicacao_boas_vindas',
    ]);
  });
});
