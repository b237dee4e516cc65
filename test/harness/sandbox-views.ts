import type { Product } from './product.ts';
import { until } from './product.ts';

/** What the sandbox's records say of one person, found by the last eight digits of their phone. */
export function viewOf(product: Pick<Product, 'sandbox'>, phone: string) {
  const tail = phone.replace(/\D/g, '').slice(-8);
  const { sandbox } = product;
  return {
    /** Messages WhatsApp took for the person. */
    sends: () => sandbox.whatsapp.state().messages.filter((message) => message.to.endsWith(tail)),
    /** Every call that asked WhatsApp to send to the person, whatever was answered. */
    sendCalls: () =>
      sandbox.whatsapp.calls().filter((call) => call.method === 'POST' && call.to?.endsWith(tail)),
    contacts: () => sandbox.chatwoot.state().contacts.filter((contact) => contact.phone?.endsWith(tail)),
    conversations() {
      const ids = this.contacts().map((contact) => contact.id);
      return sandbox.chatwoot.state().conversations.filter(({ contactId }) => ids.includes(contactId));
    },
    /** The person writes. */
    says: (text: string) => sandbox.whatsapp.reply({ from: `55${phone.replace(/\D/g, '')}`, text }),
    /** The person presses a button of the last template. */
    presses: (payload: string, text: string) =>
      sandbox.whatsapp.reply({ from: `55${phone.replace(/\D/g, '')}`, button: { payload, text } }),
  };
}

/** Waits until the lead is in `stage`, and gives it. */
export function inStage(product: Pick<Product, 'lead'>, leadId: string, stage: string, ms = 30_000) {
  return until(
    async () => {
      const lead = await product.lead(leadId);
      return lead.stage === stage && lead;
    },
    { ms, state: () => product.lead(leadId) },
  );
}

/** The kinds of a lead's timeline, in order; without deliveries, which come when they come. */
export const kindsOf = (lead: { timeline: { kind: string }[] }) =>
  lead.timeline.map((event) => event.kind).filter((kind) => !['delivered', 'read'].includes(kind));
