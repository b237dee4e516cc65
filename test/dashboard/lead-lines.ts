import type { Board, BoardColumn, LeadLine } from '../../src/contract/lead.ts';

/** A lead as lists show it; whatever a test is about is given. */
export function lineOf(id: string, given: Partial<LeadLine> = {}): LeadLine {
  return {
    id,
    name: `Lead ${id}`,
    phone: '+5511987654321',
    cnpj: null,
    stage: 'main',
    outcome: null,
    column: 'contacted',
    origin: 'api_oficial',
    status_indicacao: 'qualificado',
    consultant: 'Ana Martins',
    consultant_known: true,
    attention: null,
    held: null,
    wake_at: null,
    rework: { count: 0, at: null },
    referral_count: 1,
    message_state: 'sent',
    replied_at: null,
    chatwoot: { contact_id: 1, conversation_id: 1 },
    converted_at: null,
    created_at: '2026-11-20T12:00:00.000Z',
    updated_at: '2026-11-20T12:00:00.000Z',
    closed_at: null,
    links: { lead: `/v1/leads/${id}`, workflow: 'http://127.0.0.1:8233/', conversation: null },
    ...given,
  };
}

/** A board of these columns; each has `count` leads, of which those given were read. */
export function boardOf(columns: Partial<Record<BoardColumn, { count: number; leads: LeadLine[] }>>): Board {
  return {
    cursor: '1',
    columns: Object.entries(columns).map(([column, { count, leads }]) => ({
      column: column as BoardColumn,
      count,
      leads,
      next_cursor: count > leads.length ? 'next' : null,
    })),
  };
}
