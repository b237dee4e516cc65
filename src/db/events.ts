import type { TenantRows } from './database.ts';
import { INBOX_NEWS, type WebhookSource } from './inbox.ts';

export const EVENT_STATES = ['pending', 'applied', 'dead'] as const;
export type EventState = (typeof EVENT_STATES)[number];

/** What `GET /v1/events` can be narrowed by; all of it optional. */
export type EventFilter = {
  source?: WebhookSource | undefined;
  state?: EventState | undefined;
  outcome?: string | undefined;
  kind?: string | undefined;
  /** When it was received; `until` is exclusive. */
  from?: Date | undefined;
  until?: Date | undefined;
  /** Only events older than this one. */
  before?: number | undefined;
  limit: number;
};

export type EventLine = {
  id: number;
  source: WebhookSource;
  kind: string;
  state: EventState;
  /** What came of it when it was last applied. */
  outcome: string | null;
  attempts: number;
  error: string | null;
  received_at: Date;
  applied_at: Date | null;
  /** When a pending one is tried, at the earliest. */
  due_at: Date;
};

const LINE = 'id, source, kind, state, outcome, attempts, error, received_at, applied_at, due_at';

/** What webhooks brought, the newest first: one page, and the id after which the next begins. */
export async function listEvents(
  { query }: TenantRows,
  filter: EventFilter,
): Promise<{ events: EventLine[]; next: number | null }> {
  const values: unknown[] = [];
  const where: string[] = [];
  const also = (value: unknown, condition: string) => {
    if (value !== undefined && value !== '') where.push(`${condition} $${values.push(value)}`);
  };
  also(filter.source, 'source =');
  also(filter.state, 'state =');
  also(filter.outcome, 'outcome =');
  also(filter.kind, 'kind =');
  also(filter.from, 'received_at >=');
  also(filter.until, 'received_at <');
  also(filter.before, 'id <');
  const events = await query<EventLine>(
    `select ${LINE} from inbox_event ${where.length > 0 ? `where ${where.join(' and ')}` : ''}
     order by id desc limit $${values.push(filter.limit + 1)}`,
    values,
  );
  const page = events.slice(0, filter.limit);
  return { events: page, next: events.length > page.length ? (page.at(-1)?.id ?? null) : null };
}

/** One event with what it brought; null where there is none. */
export async function readEvent(
  { query }: TenantRows,
  id: number,
): Promise<(EventLine & { payload: unknown }) | null> {
  const [event] = await query<EventLine & { payload: unknown }>(
    `select ${LINE}, payload from inbox_event where id = $1`,
    [id],
  );
  return event ?? null;
}

/**
 * Has an event applied again, at once and with all its attempts before it; null where there is none, `waiting`
 * where it is to be applied anyway.
 */
export async function replayEvent(
  { query, announce }: TenantRows,
  id: number,
): Promise<EventLine | 'waiting' | null> {
  const [event] = await query<EventLine>(
    `update inbox_event set state = 'pending', due_at = now(), attempts = 0, error = null
     where id = $1 and state <> 'pending' returning ${LINE}`,
    [id],
  );
  if (event) {
    announce(INBOX_NEWS);
    return event;
  }
  const [there] = await query('select from inbox_event where id = $1', [id]);
  return there ? 'waiting' : null;
}
