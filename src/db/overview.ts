import type { TenantRows } from './database.ts';

/** Leads of one group, counted by what became of them. */
type LeadCounts = { leads: number; converted: number; converted_main: number; converted_rework: number };

export type OverviewTotals = LeadCounts & {
  referrals: number;
  open: number;
  attention: number;
  not_converted: number;
  opted_out: number;
  no_whatsapp: number;
};

type Reached = { sent: number; delivered: number; read: number; replied: number };

export type OverviewRows = {
  made_at: Date;
  totals: OverviewTotals;
  /** Days on the tenant's clocks on which leads came in, the earliest first. */
  days: (LeadCounts & { day: string })[];
  /** Whoever has the most leads first. */
  consultants: (LeadCounts & { consultant: string })[];
  main: Reached;
  rework: Reached;
  first_message: { count: number; p50: number | null; p90: number | null };
  /** Messages that WhatsApp has told a pricing of. */
  billed: { category: string | null; billable: boolean; messages: number }[];
  failures: { code: number | null; class: string | null; text: string; count: number }[];
};

/**
 * What became of the leads that came in from `from` until `until`, itself excluded. A merged lead counts with the
 * one that goes on for it: its messages are that one's.
 *
 * A conversion is the rework's where a message of the rework had left before it. A message that was answered was
 * read, and one that was read was delivered, also where WhatsApp has not said so.
 */
export async function readOverview(
  { query }: TenantRows,
  period: { from: Date; until: Date; zone: string },
): Promise<OverviewRows> {
  const { from, until, zone } = period;
  const [facts, billed, failures] = await Promise.all([
    query<FactRow>(FACTS, [from, until, zone]),
    query<OverviewRows['billed'][number]>(BILLED, [from, until]),
    query<OverviewRows['failures'][number]>(FAILURES, [from, until]),
  ]);
  const total = facts.find((row) => row.of === 'all');
  if (!total) throw new Error('the overview read nothing');
  return {
    made_at: total.made_at,
    totals: total,
    days: facts.filter((row) => row.of === 'day'),
    consultants: facts.filter((row) => row.of === 'consultant'),
    main: { sent: total.sent_m, delivered: total.delivered_m, read: total.read_m, replied: total.replied_m },
    rework: {
      sent: total.sent_r,
      delivered: total.delivered_r,
      read: total.read_r,
      replied: total.replied_r,
    },
    first_message: { count: total.sent_m, p50: total.p50, p90: total.p90 },
    billed,
    failures,
  };
}

type FactRow = OverviewTotals & {
  of: 'all' | 'day' | 'consultant';
  day: string;
  consultant: string;
  made_at: Date;
  p50: number | null;
  p90: number | null;
} & Record<`${keyof Reached}_${'m' | 'r'}`, number>;

/** The leads of the period, and with each the leads merged into it, whose messages are its own. */
const CARRIED = `
  led as materialized (
    select l.id, l.created_at, l.stage, l.outcome, l.board_column, l.referral_count, l.consultant_id,
      l.consultant_name, l.outcome is not distinct from 'converted' or l.converted_at is not null as converted,
      coalesce(l.converted_at, l.closed_at) as converted_at
    from lead l where l.created_at >= $1 and l.created_at < $2 and l.merged_into is null),
  carried as (
    select id as lead_id, id as carrier from led
    union all
    select y.id, y.merged_into from lead y where y.merged_into in (select id from led))`;

const FACTS = `
  with ${CARRIED},
  said as (
    select c.carrier,
      min(m.sent_at) filter (where m.direction = 'out' and m.stage = 'main') as main_at,
      min(m.sent_at) filter (where m.direction = 'out' and m.stage = 'rework') as rework_at,
      bool_or(m.delivered_at is not null) filter (where m.direction = 'out' and m.stage = 'main') as delivered_m,
      bool_or(m.delivered_at is not null) filter (where m.direction = 'out' and m.stage = 'rework') as delivered_r,
      bool_or(m.read_at is not null) filter (where m.direction = 'out' and m.stage = 'main') as read_m,
      bool_or(m.read_at is not null) filter (where m.direction = 'out' and m.stage = 'rework') as read_r,
      bool_or(is_reply(m.kind)) filter (where m.direction = 'in' and m.stage = 'main') as replied_m,
      bool_or(is_reply(m.kind)) filter (where m.direction = 'in' and m.stage = 'rework') as replied_r
    from carried c join message m on m.lead_id = c.lead_id group by c.carrier),
  fact as (
    select to_char(l.created_at at time zone $3::text, 'YYYY-MM-DD') as day,
      coalesce(k.name, l.consultant_name) as consultant, l.stage, l.outcome, l.board_column, l.referral_count,
      l.converted, l.converted and coalesce(s.rework_at <= l.converted_at, false) as by_rework,
      s.main_at is not null as sent_m, s.rework_at is not null as sent_r,
      s.main_at is not null and coalesce(s.replied_m, false) as replied_m,
      s.rework_at is not null and coalesce(s.replied_r, false) as replied_r,
      s.main_at is not null and (coalesce(s.read_m, false) or coalesce(s.replied_m, false)) as read_m,
      s.rework_at is not null and (coalesce(s.read_r, false) or coalesce(s.replied_r, false)) as read_r,
      s.delivered_m, s.delivered_r,
      -- WhatsApp tells whole seconds; greatest() would make of no message one that left at once.
      extract(epoch from case when s.main_at > l.created_at then s.main_at - l.created_at
        when s.main_at is not null then interval '0' end) as waited
    from led l left join said s on s.carrier = l.id left join consultant k on k.id = l.consultant_id)
  select case when grouping(day) = 0 then 'day' when grouping(consultant) = 0 then 'consultant' else 'all' end as of,
    day, consultant, now() as made_at,
    count(*) as leads, coalesce(sum(referral_count), 0) as referrals,
    count(*) filter (where stage <> 'closed') as open,
    count(*) filter (where board_column = 'attention') as attention,
    count(*) filter (where converted) as converted,
    count(*) filter (where converted and not by_rework) as converted_main,
    count(*) filter (where by_rework) as converted_rework,
    count(*) filter (where outcome = 'not_converted') as not_converted,
    count(*) filter (where outcome = 'opted_out') as opted_out,
    count(*) filter (where outcome = 'no_whatsapp') as no_whatsapp,
    count(*) filter (where sent_m) as sent_m, count(*) filter (where sent_r) as sent_r,
    count(*) filter (where sent_m and (delivered_m or read_m)) as delivered_m,
    count(*) filter (where sent_r and (delivered_r or read_r)) as delivered_r,
    count(*) filter (where read_m) as read_m, count(*) filter (where read_r) as read_r,
    count(*) filter (where replied_m) as replied_m, count(*) filter (where replied_r) as replied_r,
    percentile_cont(0.5) within group (order by waited) as p50,
    percentile_cont(0.9) within group (order by waited) as p90
  from fact group by grouping sets ((), (day), (consultant)) order by day, leads desc, consultant`;

const BILLED = `
  with ${CARRIED}
  select m.pricing ->> 'category' as category, m.pricing -> 'billable' is distinct from 'false' as billable,
    count(*) as messages
  from carried c join message m on m.lead_id = c.lead_id where m.pricing is not null group by 1, 2`;

/** Messages that did not arrive, and stand so: one that was sent again counts by how that ended. */
const FAILURES = `
  with ${CARRIED}
  select m.error_code as code, min(a.error_class) as class, (array_agg(m.error_text order by m.failed_at desc))[1] as text,
    count(*) as count
  from carried c join message m on m.lead_id = c.lead_id
  left join lateral (
    select error_class from send_attempt a
    where a.referral_id = m.referral_id and a.stage = m.stage and a.message_id = m.id and a.state = 'refused'
    order by a.try desc limit 1) a on true
  where m.state = 'failed' group by m.error_code, case when m.error_code is null then a.error_class end
  order by count desc, code`;
