import { describeWithFixtures, sharedJson, sharedJsonNames } from '../domain/shared-fixtures.ts';
import { type Product, startProduct } from '../harness/product.ts';
import { addGateway, envelope, type Gateway, jid, sentOver, told, wrote } from './evolution-gateway.ts';

/** What is answered, what comes of each event, and what shows of it at the lead or at the channel. */
type Effect = {
  said: 'processed' | 'ignored';
  outcomes: string[];
  timeline?: string[];
  messages?: [kind: string, body: string | null, state: string][];
  suppressed?: number;
  connection?: string;
};

const OUT: [string, string, string] = ['text', 'Olá', 'queued'];
const sentAs = (state: string): [string, string, string][] => [['text', 'Olá', state]];
const ignored: Effect = { said: 'ignored', outcomes: ['ignored'] };
const noise: Effect = { said: 'ignored', outcomes: [] };
const replied = (kind: string, body: string | null): Effect => ({
  said: 'processed',
  outcomes: ['replied'],
  timeline: ['replied'],
  messages: [OUT, [kind, body, 'received']],
});
const connection = (state: string): Effect => ({
  said: 'processed',
  outcomes: ['updated'],
  connection: state,
});

const EFFECTS: Record<string, Effect> = {
  chats_upsert: noise,
  connection_update__close_logged_out: connection('close'),
  connection_update__open: connection('open'),
  contacts_update__array: { said: 'processed', outcomes: ['known'] },
  contacts_update__object: { said: 'processed', outcomes: ['known'] },
  messages_edited__actually_revoke: {
    said: 'processed',
    outcomes: ['revoked'],
    timeline: ['replied', 'revoked'],
    messages: [OUT, ['text', 'Oi, quero saber mais', 'received'], ['revoke', null, 'received']],
  },
  messages_edited__text: {
    said: 'processed',
    outcomes: ['edited'],
    timeline: ['replied', 'edited'],
    messages: [
      OUT,
      ['text', 'Oi, quero saber mais', 'received'],
      ['edit', 'Oi, quero saber MENOS', 'received'],
    ],
  },
  messages_set__history_sync: ignored,
  messages_update__read: {
    said: 'processed',
    outcomes: ['updated'],
    messages: sentAs('read'),
    timeline: ['read', 'delivered'],
  },
  messages_update__server_ack: { said: 'processed', outcomes: ['updated'], messages: sentAs('sent') },
  messages_upsert__apikey_exposed: replied('text', 'oi'),
  messages_upsert__document_with_caption_flattened: replied('document', 'segue'),
  messages_upsert__empty_pushname_null: replied('text', 'oi'),
  messages_upsert__group: ignored,
  messages_upsert__image_caption: {
    said: 'processed',
    outcomes: ['opted_out'],
    timeline: ['replied', 'opted_out'],
    messages: [OUT, ['image', 'SAIR', 'received']],
    suppressed: 1,
  },
  messages_upsert__lid_only_no_phone: { said: 'processed', outcomes: ['contact_not_found'] },
  messages_upsert__reaction: {
    said: 'processed',
    outcomes: ['reacted'],
    timeline: ['reacted'],
    messages: [OUT, ['reaction', null, 'received']],
  },
  messages_upsert__status_broadcast: ignored,
  messages_upsert__text_pn: replied('text', 'Oi, quero saber mais'),
  presence_update: noise,
  qrcode_updated__limit_reached: connection('refused'),
  status_instance__closed: connection('close'),
};

describeWithFixtures('every shared fixture of Evolution, posted to the real endpoint', () => {
  let product: Product;
  let gateway: Gateway;
  let leadId: string;
  // Suppressions hold for ever and the fixtures are all of one person: a product for each.
  beforeEach(async () => {
    product = await startProduct({ worker: false });
    gateway = await addGateway(product, { instance: 'lead-vendas' });
    ({ lead_id: leadId } = await product.refer({ telefone: '(11) 98765-4321' }));
    await sentOver(product, gateway, leadId, 'BAE5AAAA');
  });
  afterEach(() => product.stop());

  test.each(sharedJsonNames('evolution').map((name) => [name.replace(/\.json$/, '')]))('%s', async (name) => {
    const effect = EFFECTS[name];
    if (!effect) throw new Error(`what comes of ${name} is not written down here`);
    const body = sharedJson(`evolution/${name}.json`);
    if (name.startsWith('messages_edited')) {
      const message = wrote(jid('5511987654321'), 'Oi, quero saber mais', {
        key: { id: '3EB0C4A1D2E3F40516A7B8' },
      });
      await told(product, gateway, envelope('lead-vendas', 'messages.upsert', message));
    }
    const { http, said, outcomes } = await told(product, gateway, body);
    expect({ http, said, outcomes }).toEqual({ http: 200, said: effect.said, outcomes: effect.outcomes });
    expect((await told(product, gateway, body)).outcomes).toEqual([]);

    const { timeline, messages } = await product.lead(leadId);
    const kinds = timeline
      .map(({ kind }: { kind: string }) => kind)
      .filter((kind: string) => kind !== 'received');
    expect(kinds.toSorted()).toEqual((effect.timeline ?? []).toSorted());
    expect(messages.map(({ kind, body, state }: Record<string, string>) => [kind, body, state])).toEqual(
      effect.messages ?? [OUT],
    );
    const [{ stops } = { stops: 0 }] = await product.query<{ stops: number }>(
      'select count(*) as stops from suppression',
    );
    expect(stops).toBe(effect.suppressed ?? 0);
    const { channels } = (await product.call('GET', '/v1/channels')).body;
    const channel = channels.find(({ id }: { id: string }) => id === gateway.id);
    expect(channel.connection).toBe(effect.connection ?? null);
    const stored = JSON.stringify(await product.query('select * from inbox_event'));
    expect(stored).not.toContain('B6D711FCDE4D4FD5936544120E713976');
  });

  test('nothing is left out', () => {
    expect(Object.keys(EFFECTS).toSorted()).toEqual(
      sharedJsonNames('evolution')
        .map((name) => name.replace(/\.json$/, ''))
        .toSorted(),
    );
  });
});
