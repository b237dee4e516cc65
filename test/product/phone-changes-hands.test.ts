import { HAPPENED } from '../../src/domain/happening.ts';
import { createContact, createConversation } from '../../src/providers/chatwoot/client.ts';
import { until } from '../harness/product.ts';
import { inStage, kindsOf, viewOf } from '../harness/sandbox-views.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { postWhatsApp, text } from '../inbox/webhooks.ts';

const product = suiteProduct();
afterEach(() => product.sandbox.chatwoot.clearFaults());

/** Chatwoot as somebody else uses it. */
const chatwoot = () => {
  const { url, accountId, token } = product.sandbox.chatwoot;
  return { baseUrl: url, accountId, token };
};
const contactOf = (id: number) => product.sandbox.chatwoot.state().contacts.find((one) => one.id === id);
const conversationsOf = (contactId: number) =>
  product.sandbox.chatwoot.state().conversations.filter((one) => one.contactId === contactId);

async function asleep(telefone: string) {
  const { lead_id } = await product.refer({ telefone });
  return inStage(product, lead_id, 'waiting');
}

/** Somebody with this account writes from the number. */
async function writes(from: string, bsuid: string) {
  const timestamp = String(Math.floor(Date.now() / 1_000) + 1);
  const body = text(from, 'oi', { from, from_user_id: bsuid, timestamp });
  const before = await answered();
  expect(await postWhatsApp(product, body)).toBe(200);
  await until(async () => (await answered()) > before);
}
const answered = async () => {
  const [row] = await product.query<{ n: number }>(
    `select count(*) as n from inbox_event where kind = 'message' and state = 'applied'`,
  );
  return row?.n ?? 0;
};

/** A lead whose person has lost the phone since to somebody who is in no flow yet. */
async function lost(telefone: string, account: string) {
  const lead = await asleep(telefone);
  await writes(`55${telefone}`, `BR.${account}1`);
  await writes(`55${telefone}`, `BR.${account}2`);
  expect(await product.lead(lead.id)).toMatchObject({ attention: 'phone_changed_hands' });
  return lead;
}

test('the new owner gets a contact and a conversation of their own; the former owner’s stay as they were', async () => {
  const phone = '11976550001';
  const former = await lost(phone, '1');
  const { contact_id: formerly } = former.chatwoot;
  const before = conversationsOf(formerly);

  const lead = await asleep(phone);
  expect(lead.id).not.toBe(former.id);
  expect(kindsOf(lead)).toEqual(expect.arrayContaining(['contact_phone_freed', 'contact_created']));
  expect(viewOf(product, phone).contacts()).toMatchObject([{ id: lead.chatwoot.contact_id }]);
  expect(conversationsOf(lead.chatwoot.contact_id)).toMatchObject([{ id: lead.chatwoot.conversation_id }]);
  expect(contactOf(formerly)).toMatchObject({
    phone: null,
    customAttributes: { lead_flow_telefone_anterior: `+55${phone}` },
  });
  expect(conversationsOf(formerly)).toEqual(before);
});

test('also where the former owner’s contact was others’ before, and carries no identifier of ours', async () => {
  const phone = '11976550002';
  const inboxId = product.sandbox.chatwoot.inboxId;
  const there = { inboxId, name: 'Do CRM', phone: `+55${phone}`, identifier: 'crm:2' };
  const { id: contactId } = await createContact(chatwoot(), there);
  await createConversation(chatwoot(), { inboxId, contactId, status: 'open' });
  const former = await lost(phone, '2');
  expect(former.chatwoot.contact_id).toBe(contactId);
  const before = conversationsOf(contactId);

  const lead = await asleep(phone);
  expect(lead.chatwoot.contact_id).not.toBe(contactId);
  expect(conversationsOf(contactId)).toEqual(before);
  expect(contactOf(contactId)).toMatchObject({ phone: null, identifier: 'crm:2' });
});

test('cut in the middle, it is done once', async () => {
  const phone = '11976550003';
  await lost(phone, '3');
  for (const [method, path] of [
    ['PUT', '/contacts/'],
    ['POST', '/contacts$'],
  ] as const) {
    product.sandbox.chatwoot.addFault({ match: { method, path }, kind: 'cut', when: 'after' });
  }
  const lead = await asleep(phone);
  expect(viewOf(product, phone).contacts()).toMatchObject([{ id: lead.chatwoot.contact_id }]);
});

test('the former owner, referred by a new number, keeps their contact, which gets it', async () => {
  const [phone, other] = ['11976550004', '11976550005'];
  const former = await lost(phone, '4');
  await asleep(phone);
  await writes(`55${other}`, 'BR.41');
  expect((await product.refer({ telefone: other })).lead_id).toBe(former.id);
  await until(() => viewOf(product, other).contacts().length > 0);
  expect(viewOf(product, other).contacts()).toMatchObject([{ id: former.chatwoot.contact_id }]);
});

test('whoever has lost the phone does not take it from its new owner', async () => {
  const phone = '11976550006';
  const former = await lost(phone, '6');
  const lead = await asleep(phone);
  // Their contact is gone by D+3, so that the rework looks for one by the phone.
  const { url, accountId, token } = product.sandbox.chatwoot;
  await fetch(`${url}/api/v1/accounts/${accountId}/contacts/${former.chatwoot.contact_id}`, {
    method: 'DELETE',
    headers: { api_access_token: token },
  });
  await product.client.workflow.getHandle(former.id).signal(HAPPENED, [{ type: 'rework_now' }]);
  const closed = await inStage(product, former.id, 'closed');
  expect(closed).toMatchObject({ outcome: 'not_converted' });
  expect(viewOf(product, phone).contacts()).toMatchObject([{ id: lead.chatwoot.contact_id }]);
});
