import type { LeadLine } from '../../src/contract/lead.ts';

/** The way of a first message, as the panel shows it. */
export const STEPS = ['contato', 'conversa', 'template enviado', 'entregue', 'lido', 'respondeu'] as const;
export type Step = { name: (typeof STEPS)[number]; state: 'done' | 'next' | 'open' | 'failed' };

const REACHED = { queued: 0, received: 0, failed: 0, sent: 1, delivered: 2, read: 3 } as const;

/** How far a lead has come; null: nothing is known of it yet. What implies an earlier step has it done, too. */
export function stepsOf(lead: LeadLine | null): Step[] {
  const state = lead?.message_state ?? 'queued';
  const replied = Boolean(lead?.replied_at);
  const told = replied ? 3 : REACHED[state];
  const done = [
    told > 0 || (lead?.chatwoot.contact_id ?? null) !== null,
    told > 0 || (lead?.chatwoot.conversation_id ?? null) !== null,
    told >= 1,
    told >= 2,
    told >= 3,
    replied,
  ];
  const failedAt = state === 'failed' && !replied ? 3 : -1;
  const next = lead?.stage === 'closed' ? -1 : done.indexOf(false);
  return STEPS.map((name, index) => ({
    name,
    state:
      index === failedAt ? 'failed' : done[index] ? 'done' : index === next && failedAt < 0 ? 'next' : 'open',
  }));
}
