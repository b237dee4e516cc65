import { OWN_MESSAGE_MARK } from '../../src/domain/chatwoot-marks.ts';
import { describeWithFixtures, sharedJson, sharedJsonNames } from '../domain/shared-fixtures.ts';
import { closeLead, wordsFor } from '../harness/leads.ts';
import { type Product, startProduct } from '../harness/product.ts';
import { hear, referInChatwoot } from './chatwoot-leads.ts';
import { applyEvents, post } from './webhooks.ts';

const fixture = (name: string) => sharedJson(`chatwoot/${name}.json`) as Record<string, unknown>;

/** The person of all payloads: contact 57, conversation 128 in inbox 3, this number. */
const PERSON = { telefone: '(11) 98765-4321', contactId: 57, conversationId: 128 };

describeWithFixtures('the shared payloads of Chatwoot, posted to the API', () => {
  let product: Product;
  let leadId: string;
  beforeAll(async () => {
    product = await startProduct({ worker: false, settings: { convertedLabel: 'venda-fechada' } });
    leadId = await referInChatwoot(product, PERSON.telefone, PERSON);
    product.sandbox.chatwoot.clearCalls();
  });
  afterAll(() => product.stop());

  const lead = async () => {
    const { converted_at, timeline, stage, ...page } = await product.lead(leadId);
    const [row] = await product.query<{ at: Date | null }>(
      'select agent_wrote_at as at from lead where id = $1',
      [leadId],
    );
    const kinds = timeline.map(({ kind }: { kind: string }) => kind);
    return {
      converted: converted_at !== null,
      stage,
      kinds,
      wrote: row?.at ?? null,
      messages: page.messages,
    };
  };
  const untouched = { converted: false, stage: 'main', kinds: ['received'], wrote: null, messages: [] };
  const wrote = new Date('2026-03-10T12:15:32.114Z');

  test('are all looked at here', () => {
    expect(sharedJsonNames('chatwoot').sort()).toEqual([
      'contact_created.json',
      'conversation_status_changed__resolved.json',
      'conversation_updated__label_added.json',
      'message_created__incoming_optout.json',
      'message_created__incoming_text.json',
      'message_created__outgoing_agent.json',
      'message_created__outgoing_by_api_bot_loop_risk.json',
    ]);
  });

  test.each(['contact_created', 'conversation_status_changed__resolved', 'message_created__incoming_text'])(
    '%s: kept, and no effect',
    async (name) => {
      expect(await hear(product, fixture(name))).toBe('kept');
      expect(await lead()).toEqual(untouched);
      expect(await wordsFor(product, leadId)).toEqual([]);
    },
  );

  test('a message of our own, which comes back with our mark: no effect', async () => {
    const body = fixture('message_created__outgoing_by_api_bot_loop_risk');
    const ours = { ...body, content_attributes: { [OWN_MESSAGE_MARK]: 'note_referral:1' } };
    expect(await hear(product, ours)).toBe('kept');
    expect(await lead()).toEqual(untouched);
  });

  test.each(['message_created__outgoing_agent', 'message_created__outgoing_by_api_bot_loop_risk'])(
    '%s: somebody of the company wrote, once that day; nothing is written back',
    async (name) => {
      expect(await hear(product, fixture(name))).toBe('agent_wrote');
      expect(await hear(product, fixture(name))).toBe('agent_wrote');
      expect(await lead()).toEqual({ ...untouched, kinds: ['agent_wrote', 'received'], wrote });
      expect(await wordsFor(product, leadId)).toEqual([]);
      expect(product.sandbox.chatwoot.calls()).toEqual([]);
      expect(product.sandbox.whatsapp.calls()).toEqual([]);
    },
  );

  test('conversation_updated__label_added: a sale, as the tenant calls it', async () => {
    const body = fixture('conversation_updated__label_added');
    expect(await hear(product, body)).toBe('converted');
    expect(await hear(product, body)).toBe('known');
    expect(await lead()).toMatchObject({ converted: true, kinds: ['agent_wrote', 'received', 'converted'] });
    expect(await wordsFor(product, leadId)).toEqual([{ kind: 'signal', payload: { type: 'conversion' } }]);
  });

  test('message_created__incoming_optout: the journey is cancelled, and it holds for the number', async () => {
    expect(await hear(product, fixture('message_created__incoming_optout'))).toBe('opted_out');
    expect(await lead()).toMatchObject({ kinds: ['agent_wrote', 'received', 'converted', 'opted_out'] });
    expect((await wordsFor(product, leadId)).at(-1)).toEqual({ kind: 'cancel', payload: {} });
    await closeLead(product, leadId, 'opted_out');
    expect(await product.refer({ telefone: '11 8765-4321' })).toMatchObject({ status: 'opted_out' });
  });

  test('any of them with another signature, or none: refused, and nothing stored', async () => {
    for (const name of sharedJsonNames('chatwoot')) {
      const body = sharedJson(`chatwoot/${name}`);
      expect(await post(product.webhooks.chatwoot, body)).toBe(401);
      const signed = {
        'x-chatwoot-timestamp': '1773144932',
        'x-chatwoot-signature': `sha256=${'0'.repeat(64)}`,
      };
      expect(await post(product.webhooks.chatwoot, body, signed)).toBe(401);
    }
    expect(await applyEvents(product)).toBe(0);
  });
});
