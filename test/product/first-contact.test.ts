import { type Product, startProduct, until } from '../harness/product.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

const asleep = (id: string) =>
  until(
    async () => {
      const lead = await product.lead(id);
      return lead.stage === 'waiting' && lead;
    },
    { state: () => product.lead(id) },
  );

const sendsTo = (digits: string) =>
  product.sandbox.whatsapp.state().messages.filter((message) => message.to.endsWith(digits.slice(-8)));
const contactsOf = (digits: string) =>
  product.sandbox.chatwoot.state().contacts.filter((contact) => contact.phone?.endsWith(digits.slice(-8)));
const conversationsOf = (contactId: number) =>
  product.sandbox.chatwoot
    .state()
    .conversations.filter((conversation) => conversation.contactId === contactId);

describe('A: nobody in Chatwoot knows the person', () => {
  test('one contact, one conversation of the consultant, one note, one template; asleep until D+3 at 09:00', async () => {
    const { lead_id } = await product.refer({ telefone: '(11) 98111-0001', observacoes: 'prefere à tarde' });
    const lead = await asleep(lead_id);
    const [contact, ...others] = contactsOf('981110001');
    expect(others).toEqual([]);
    expect(contact).toMatchObject({ phone: '+5511981110001', name: 'Maria Aparecida da Silva' });
    expect(contact?.identifier).toMatch(/^lead-flow:[0-9a-f-]{36}$/);
    const [conversation, ...more] = conversationsOf(contact?.id ?? 0);
    expect(more).toEqual([]);
    expect(conversation).toMatchObject({
      assigneeId: product.sandbox.chatwoot.agents[0]?.id,
      status: 'open',
    });
    expect(conversation?.messages).toHaveLength(1);
    expect(conversation?.messages[0]).toMatchObject({ private: true });
    expect(conversation?.messages[0]?.content).toContain('prefere à tarde');
    const sends = sendsTo('981110001');
    expect(sends).toHaveLength(1);
    expect(sends[0]).toMatchObject({
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
    const local = new Date(new Date(lead.wake_at).getTime() - 3 * 3_600_000).toISOString();
    expect(local).toMatch(/T09:00:00.000Z$/);
    expect(lead.timeline.map((event: { kind: string }) => event.kind)).toEqual([
      'received',
      'contact_created',
      'conversation_created',
      'referral_noted',
      'template_sent',
      'asleep',
    ]);
  });
});
