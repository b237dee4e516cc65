import { suiteProduct } from '../harness/suite-product.ts';
import { outcomeOf, postWhatsApp, text } from '../inbox/webhooks.ts';

const product = suiteProduct({ worker: false });

/** Somebody with this account writes from the number, a second from now. */
const writes = (from: string, from_user_id: string) => {
  const timestamp = String(Math.floor(Date.now() / 1_000) + 1);
  return outcomeOf(product, postWhatsApp(product, text(from, 'oi', { from_user_id, timestamp })));
};

async function found(query: Record<string, string>): Promise<string[]> {
  const { status, body } = await product.call('GET', `/v1/leads?${new URLSearchParams(query)}`);
  expect(status).toBe(200);
  return body.leads.map(({ id }: { id: string }) => id);
}

test('a phone that changed hands finds the leads referred with it; its owner’s can be asked for apart', async () => {
  const phone = '11987655010';
  const typed = '11 8765-5010';
  const { lead_id: former } = await product.refer({ nome: 'Rosa Antes', telefone: phone });
  await writes(`55${phone}`, 'BR.7001');
  expect(await writes(`55${phone}`, 'BR.7002')).toBe('phone_changed_hands');
  expect(await found({ phone })).toEqual([former]);
  expect(await found({ owner_phone: phone })).toEqual([]);

  const { lead_id: latter } = await product.refer({ nome: 'Rosa Depois', telefone: phone });
  expect(latter).not.toBe(former);
  expect(await found({ phone: typed })).toEqual([latter, former]);
  expect(await found({ phone, text: 'antes' })).toEqual([former]);
  expect(await found({ owner_phone: typed, open: 'true' })).toEqual([latter]);
  const csv = await product.call('GET', `/v1/leads.csv?${new URLSearchParams({ phone })}`);
  expect(csv.body.match(/Rosa (Antes|Depois)/g)).toEqual(['Rosa Depois', 'Rosa Antes']);
  const theirs = await product.call('GET', `/v1/leads.csv?${new URLSearchParams({ owner_phone: phone })}`);
  expect(theirs.body.match(/Rosa (Antes|Depois)/g)).toEqual(['Rosa Depois']);
});
