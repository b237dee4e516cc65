import { z } from 'zod';
import type { ReceivedMessage, SentMessage, TemplateRecord } from './records.ts';
import type { WhatsAppStore } from './store.ts';

/** `POST /_sandbox/phones`: the phones of these numbers, or of all; at most so many. */
export const phonesSchema = z.strictObject({
  numbers: z.array(z.string()).max(5_000).optional(),
  limit: z.int().min(1).max(200).default(100),
});

/** As it is asked for. */
export type PhonesRequest = z.input<typeof phonesSchema>;

/** One message as the person reads it. `state` is null for what they wrote themselves. */
export type PhoneMessage = {
  id: string;
  direction: 'in' | 'out';
  text: string;
  buttons: { text: string; payload: string }[];
  state: string | null;
  /** ISO 8601. */
  at: string;
};

/** A person's phone, the oldest message first. */
export type Phone = { wa_id: string; messages: PhoneMessage[] };

const MESSAGES_A_PHONE = 100;

/** The phones that have got or written something, the one with the newest message first. */
export function phonesOf(store: WhatsAppStore, request: PhonesRequest): Phone[] {
  const { numbers, limit } = phonesSchema.parse(request);
  const wanted = numbers && new Set(numbers.map((number) => store.personOf(number)));
  const { messages, received, templates } = store.snapshot();
  const phones = new Map<string, { at: number; message: PhoneMessage }[]>();
  const add = (person: string, at: number, message: Omit<PhoneMessage, 'at'>) => {
    if (wanted && !wanted.has(person)) return;
    const phone = phones.get(person) ?? [];
    phone.push({ at, message: { ...message, at: new Date(at).toISOString() } });
    phones.set(person, phone);
  };
  for (const sent of messages) add(sent.waId ?? sent.to, sent.acceptedAt, asRead(sent, templates));
  for (const written of received) add(written.from, written.at, asWritten(written));
  return [...phones]
    .map(([wa_id, all]) => {
      const inOrder = all.toSorted((one, other) => one.at - other.at).slice(-MESSAGES_A_PHONE);
      return { wa_id, newest: inOrder.at(-1)?.at ?? 0, messages: inOrder.map(({ message }) => message) };
    })
    .sort((one, other) => other.newest - one.newest)
    .slice(0, limit)
    .map(({ wa_id, messages: shown }) => ({ wa_id, messages: shown }));
}

function asRead(sent: SentMessage, templates: readonly TemplateRecord[]): Omit<PhoneMessage, 'at'> {
  const common = {
    id: sent.wamid,
    direction: 'out' as const,
    state: sent.statuses.at(-1)?.status ?? 'accepted',
  };
  const template = templates.find(
    ({ name, language }) => name === sent.template && language === sent.language,
  );
  if (!template) return { ...common, text: sent.text ?? sent.template ?? '', buttons: [] };
  return {
    ...common,
    text: filled(template.body, sent.bodyParameters),
    // A button without a payload of its own comes back with its words.
    buttons: template.buttons.map((text, index) => ({ text, payload: sent.buttonPayloads[index] || text })),
  };
}

/** The places of the text, in the order in which they first stand there, filled in. */
function filled(body: string, values: readonly string[]): string {
  const places = [...new Set(body.match(/\{\{\w+\}\}/g))];
  return body.replace(/\{\{\w+\}\}/g, (place) => values[places.indexOf(place)] ?? place);
}

const PREFERENCES: Readonly<Record<string, string>> = {
  stop: 'Parou de receber mensagens de marketing.',
  resume: 'Voltou a receber mensagens de marketing.',
};

function asWritten({ wamid, from, kind, content, at }: ReceivedMessage): Omit<PhoneMessage, 'at'> {
  const text = kind === 'preference' ? (PREFERENCES[content] ?? content) : content;
  return { id: wamid ?? `preference:${from}:${at}`, direction: 'in', text, buttons: [], state: null };
}
