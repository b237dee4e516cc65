import { until } from '../harness/product.ts';
import { inStage, kindsOf, viewOf } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct();

async function referred(phone: string) {
  const { lead_id } = await product.refer({ telefone: phone });
  return inStage(product, lead_id, 'waiting');
}

/** What must hold after any opt-out. */
async function expectStopped(leadId: string, phone: string) {
  const lead = await inStage(product, leadId, 'closed');
  expect(lead).toMatchObject({ outcome: 'opted_out' });
  expect(kindsOf(lead)).toContain('opted_out');
  const person = viewOf(product, phone);
  await until(() => person.conversations()[0]?.labels.includes('descadastrado'));
  await until(() =>
    person
      .conversations()[0]
      ?.messages.some((note) => note.private && note.content.includes('pediu descadastro')),
  );
  const handle = product.client.workflow.getHandle(leadId);
  await until(async () => (await handle.describe()).status.name === 'CANCELLED');
  return lead;
}

test.each([
  ['a word', '11983330001', (p: string) => viewOf(product, p).says('SAIR')],
  ['a word in other clothes', '11983330002', (p: string) => viewOf(product, p).says('  não quero!! 🙏')],
  ['a button by its payload', '11983330003', (p: string) => viewOf(product, p).presses('opt_out:x', 'Chega')],
  [
    'the switch in WhatsApp',
    '11983330004',
    (p: string) => product.sandbox.whatsapp.reply({ from: `55${p}`, preference: 'stop' }),
  ],
])('%s: the lead is cancelled, labelled and noted, and it holds for ever', async (_name, phone, stop) => {
  const { id } = await referred(phone);
  stop(phone);
  await expectStopped(id, phone);

  const again = await product.refer({ telefone: phone });
  expect(again).toMatchObject({ status: 'opted_out', referral_number: 1 });
  const refused = await inStage(product, again.lead_id, 'closed');
  expect(refused).toMatchObject({ outcome: 'opted_out' });
  expect(viewOf(product, phone).sends()).toHaveLength(1);
  expect(viewOf(product, phone).conversations()).toHaveLength(1);
});

test('a number kept without its ninth digit opts out the same person', async () => {
  const { id } = await referred('31987650005');
  product.sandbox.whatsapp.reply({ from: '553187650005', text: 'parar' });
  await expectStopped(id, '31987650005');
});

test('by the API, for whoever was asked on the phone', async () => {
  const { id } = await referred('11983330006');
  expect(await product.call('POST', `/v1/leads/${id}/opt-out`)).toMatchObject({ status: 202 });
  await expectStopped(id, '11983330006');
});

test('a sentence with such a word in it is a reply', async () => {
  const { id } = await referred('11983330007');
  viewOf(product, '11983330007').says('Quero sair do Simples Nacional');
  await until(async () => kindsOf(await product.lead(id)).includes('replied'));
  expect(await product.lead(id)).toMatchObject({ stage: 'waiting', outcome: null });
});

test('one that is stored before the gate opens: nothing is sent', async () => {
  await product.query(`update channel set state = 'paused', pause_reason = 'test'`);
  try {
    const { lead_id } = await product.refer({ telefone: '11983330008' });
    await until(async () => (await product.lead(lead_id)).attention === 'channel_paused');
    product.sandbox.whatsapp.reply({ from: '5511983330008', text: 'STOP' });
    expect(await inStage(product, lead_id, 'closed')).toMatchObject({ outcome: 'opted_out' });
  } finally {
    await product.query(`update channel set state = 'active', pause_reason = null`);
  }
  expect(viewOf(product, '11983330008').sendCalls()).toEqual([]);
});

test('WhatsApp itself says that the person has stopped such messages: recorded as an opt-out', async () => {
  product.sandbox.whatsapp.setBehaviour({ rejectCode: { '5511983330009': 131_050 } });
  const { lead_id } = await product.refer({ telefone: '11983330009' });
  expect(await inStage(product, lead_id, 'closed')).toMatchObject({ outcome: 'opted_out' });
  expect(viewOf(product, '11983330009').sendCalls()).toHaveLength(1);
  expect(await product.refer({ telefone: '11983330009' })).toMatchObject({ status: 'opted_out' });
});

test('an opt-out is kept under a keyed hash, and the product itself can neither change nor remove it', async () => {
  const rows = await product.query<{ hash: Buffer }>('select hash from suppression');
  expect(rows.length).toBeGreaterThan(0);
  for (const { hash } of rows) expect(hash).toHaveLength(32);
  await expect(product.query('delete from suppression')).rejects.toThrow('permission denied');
  await expect(product.query(`update suppression set source = 'x'`)).rejects.toThrow('permission denied');
});
