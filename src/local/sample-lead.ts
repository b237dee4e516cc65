import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { cnpj } from 'cpf-cnpj-validator';
import { StartError } from './start-error.ts';

/** What a lead is referred with. */
export type SampleLead = {
  nome: string;
  telefone: string;
  cnpj: string;
  consultor: string;
  status_indicacao: string;
};

const NAMES = ['Ana Souza', 'Bruno Lima', 'Carla Mendes', 'Diego Rocha', 'Elisa Prado', 'Fábio Nunes'];
const ALL_WITHIN_MS = 60_000;

/** A made-up person, a new one each time. Only ever sent to the sandbox. */
export function makeSampleLead(consultant: string): SampleLead {
  return {
    nome: NAMES[randomInt(NAMES.length)] ?? 'Ana Souza',
    telefone: `(11) 9${randomInt(6000, 9999)}-${randomInt(1000, 9999)}`,
    cnpj: makeCnpj(),
    consultor: consultant,
    status_indicacao: 'qualificado',
  };
}

function makeCnpj(): string {
  const root = `${randomInt(10_000_000, 99_999_999)}0001`;
  const first = cnpj.verifierDigit(root);
  return cnpj.format(`${root}${first}${cnpj.verifierDigit(`${root}${first}`)}`);
}

/** The line that sends a lead, to be pasted into a terminal. */
export function curlLine(apiUrl: string, apiKey: string, lead: SampleLead): string {
  return (
    `curl -X POST ${apiUrl}/v1/leads -H 'Authorization: Bearer ${apiKey}' ` +
    `-H 'Content-Type: application/json' -d '${JSON.stringify(lead)}'`
  );
}

/** Refers `lead` over HTTP as a user would, and calls `tell` with each step of its way as it happens. */
export async function followSampleLead(
  apiUrl: string,
  apiKey: string,
  lead: SampleLead,
  zone: string,
  tell: (step: string) => void,
): Promise<void> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const response = await fetch(`${apiUrl}/v1/leads`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(lead),
    signal: AbortSignal.timeout(10_000),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (response.status !== 202) {
    throw new StartError(`The sample lead was not taken (${response.status}): ${JSON.stringify(answer)}`);
  }
  const leadId = String(answer.lead_id);
  const told = new Set<string>();
  for (const deadline = Date.now() + ALL_WITHIN_MS; told.size < STEPS.length; await sleep(150)) {
    const page = await fetch(`${apiUrl}/v1/leads/${leadId}`, {
      headers,
      signal: AbortSignal.timeout(10_000),
    });
    if (page.ok) {
      const now = (await page.json()) as LeadNow;
      // In their order, however they came: the lead sleeps before its message is read.
      for (const step of STEPS.slice(told.size)) {
        const words = step.words(now, zone);
        if (!words) break;
        told.add(step.name);
        tell(words);
      }
    } else {
      await page.body?.cancel();
    }
    if (told.size < STEPS.length && Date.now() > deadline) {
      const open = STEPS.filter((step) => !told.has(step.name)).map((step) => step.name);
      throw new StartError(
        `The sample lead ${leadId} did not get there in time; still open: ${open.join(', ')}.`,
      );
    }
  }
}

type LeadNow = {
  id: string;
  stage: string;
  consultant: string;
  wake_at: string | null;
  chatwoot: { contact_id: number | null; conversation_id: number | null };
  messages: {
    direction: string;
    template: string | null;
    sent_at: string | null;
    delivered_at: string | null;
    read_at: string | null;
  }[];
};

type Step = { name: string; words: (lead: LeadNow, zone: string) => string | false | null | undefined };

const sent = (lead: LeadNow) => lead.messages.find((message) => message.direction === 'out');

const STEPS: readonly Step[] = [
  { name: 'received', words: (lead) => `received: lead ${lead.id}` },
  {
    name: 'contact',
    words: ({ chatwoot }) => chatwoot.contact_id !== null && `contact ${chatwoot.contact_id} in Chatwoot`,
  },
  {
    name: 'conversation',
    words: ({ chatwoot, consultant }) =>
      chatwoot.conversation_id !== null && `conversation ${chatwoot.conversation_id}, given to ${consultant}`,
  },
  {
    name: 'template sent',
    words: (lead) => sent(lead)?.sent_at && `template "${sent(lead)?.template}" sent over WhatsApp`,
  },
  { name: 'delivered', words: (lead) => sent(lead)?.delivered_at && 'delivered' },
  { name: 'read', words: (lead) => sent(lead)?.read_at && 'read' },
  {
    name: 'asleep',
    words: ({ stage, wake_at }, zone) =>
      stage === 'waiting' &&
      wake_at !== null &&
      `asleep until ${localTime(new Date(wake_at), zone)} (${zone})`,
  },
];

/** An instant as the clocks of `zone` show it, e.g. `2026-11-25 09:00`. */
export function localTime(instant: Date, zone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  return format.format(instant);
}
