import { nameKey } from '../domain/consultant.ts';
import type { Stage } from '../domain/lead.ts';
import { fullerName } from '../domain/person-name.ts';
import type { Query, TenantRows } from './database.ts';
import { type Identity, identitiesOf, isSuppressed } from './identities.ts';
import { noteForLocked } from './names.ts';
import { leaveWord } from './outbox.ts';
import { recognise } from './people.ts';
import type { Sealing } from './sealing.ts';

/** One referral, already checked and in normal form. */
export type NewReferral = {
  origin: string;
  name: string;
  /** E.164 with the ninth digit. */
  phone: string;
  cnpj: string | null;
  email: string | null;
  notes: string | null;
  /** Name or e-mail of the consultant; null where the referral names none. */
  consultant: string | null;
  statusValue: string;
};

export type StoredReferral = {
  leadId: string;
  referralId: string;
  /** 1 for the referral that opened the lead. */
  referralNumber: number;
  joined: boolean;
  stage: Stage;
  consultantKnown: boolean;
  optedOut: boolean;
  createdAt: string;
};

export type Intake =
  | { kind: 'stored' | 'repeated'; answer: StoredReferral }
  | { kind: 'key_reused' }
  | { kind: 'no_flow' };

/** The lead was closed, or the person found to be another, in this moment. */
class Overtaken extends Error {}

const DEADLOCK = '40P01';

/** Whether a referral could not be stored because of what others did at the same time: stored anew, it can. */
export function isOvertaken(error: unknown): boolean {
  return error instanceof Overtaken || (error as { code?: string }).code === DEADLOCK;
}

type Context = {
  answer: StoredReferral | null;
  same_body: boolean | null;
  flow_id: string | null;
  flow_version: number;
  consultant_id: string | null;
  consultant_name: string | null;
  /** Nothing by which Chatwoot's agent could be found is known of the consultant. */
  no_agent: boolean;
  person_id: string | null;
  /** How many people have the phone in one of its forms. */
  people: number;
  person_name: string | null;
  new_id: string;
  lead_id: string | null;
  stage: Stage | null;
  referral_id: string;
  now: Date;
  opted_out: boolean;
};

/**
 * Stores one referral whole: person, identities, lead (or joining the open one), timeline and the word for the
 * engine. `startsIn`: a new lead is one of many, and is taken up in its turn, after so many seconds at the earliest.
 * Two calls for one phone, or with one idempotency key, take their turns.
 *
 * Throws what `isOvertaken` tells; then roll back, and call it again.
 */
export async function storeReferral(
  rows: TenantRows,
  sealing: Sealing,
  referral: NewReferral,
  idempotency: { key: string; bodyHash: Buffer } | null,
  startsIn?: number,
): Promise<Intake> {
  const { tenantId, query } = rows;
  const identities = identitiesOf(sealing, tenantId, { phone: referral.phone });
  const turns = [idempotency && `key:${idempotency.key}`, identities[0]?.hash].filter((turn) => turn != null);
  // Not awaited: the server takes them up in their order, before what is read next.
  const locked = Promise.all(
    turns.map((turn) =>
      query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${tenantId}:${turn}`]),
    ),
  );
  const read = () => readContext(query, referral, identities, idempotency);
  let [context] = await Promise.all([read(), locked]);
  if (context.answer) {
    return context.same_body ? { kind: 'repeated', answer: context.answer } : { kind: 'key_reused' };
  }
  if (!context.flow_id) return { kind: 'no_flow' };
  if (context.people > 1) {
    await recognise(rows, { identities });
    context = await read();
  }

  const leadId = context.lead_id ?? context.new_id;
  const personId = context.person_id ?? context.new_id;
  const consultantName = context.consultant_name ?? referral.consultant ?? '';
  // Its number is known once the lead has counted it.
  const answer: Omit<StoredReferral, 'referralNumber'> = {
    leadId,
    referralId: context.referral_id,
    joined: context.lead_id !== null,
    stage: context.stage ?? 'main',
    consultantKnown: context.consultant_id !== null,
    optedOut: context.opted_out,
    createdAt: context.now.toISOString(),
  };
  // Not awaited one by one: the connection is pipelined, so all of it leaves in one write.
  const claims = Promise.all([
    query(
      `insert into person (tenant_id, id, name, email, cnpj) values (current_tenant(), $1, $2, $3, $4)
       on conflict (tenant_id, id) do update set name = excluded.name, updated_at = now(),
         email = coalesce(excluded.email, person.email), cnpj = coalesce(excluded.cnpj, person.cnpj) returning 1`,
      [personId, fullerName(context.person_name, referral.name), referral.email, referral.cnpj],
    ),
    noteForLocked(query, personId, identities, { at: null, evenStopped: true }),
    query<{ count: number }>(
      `insert into lead (tenant_id, id, person_id, flow_id, flow_version, origin, status_value, consultant_id,
         consultant_name, referral_id, referral_count, attention, attention_at)
       select current_tenant(), $1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, case when $10::text is null then null else now() end
       where not exists (
         select from lead where person_id = $2 and flow_id = $3 and stage <> 'closed' and id <> $1)
       on conflict (tenant_id, id) do update set
         status_value = excluded.status_value, consultant_id = excluded.consultant_id,
         consultant_name = excluded.consultant_name, referral_id = excluded.referral_id,
         referral_count = lead.referral_count + 1, updated_at = now(),
         attention = coalesce(excluded.attention,
           case when lead.attention not in ('consultant_unknown', 'consultant_without_agent') then lead.attention end),
         attention_at = coalesce(excluded.attention_at, lead.attention_at)
       where lead.stage <> 'closed' returning referral_count as count`,
      [
        leadId,
        personId,
        context.flow_id,
        context.flow_version,
        referral.origin,
        referral.statusValue,
        context.consultant_id,
        consultantName,
        context.referral_id,
        attentionTo(context),
      ],
    ),
  ]);
  const rest = Promise.all([
    query(
      `insert into referral (tenant_id, id, lead_id, person_id, number, origin, name, phone, cnpj, email, notes,
         status_value, consultant_id, consultant_name)
       select current_tenant(), $1, $2, $3, referral_count, $4, $5, $6, $7, $8, $9, $10, $11, $12
       from lead where id = $2`,
      [
        context.referral_id,
        leadId,
        personId,
        referral.origin,
        referral.name,
        referral.phone,
        referral.cnpj,
        referral.email,
        referral.notes,
        referral.statusValue,
        context.consultant_id,
        consultantName,
      ],
    ),
    query(
      `insert into lead_event (tenant_id, lead_id, referral_id, stage, kind, detail, at)
       values (current_tenant(), $1, $2, case when $3 = 'rework' then 'rework' else 'main' end, $4, $5, now())`,
      [
        leadId,
        context.referral_id,
        answer.stage,
        answer.joined ? 'referred_again' : 'received',
        JSON.stringify({ consultant: consultantName, status: referral.statusValue }),
      ],
    ),
    leaveWord(rows, [
      answer.joined
        ? { leadId, kind: 'signal', payload: { type: 'referred', referralId: context.referral_id } }
        : {
            leadId,
            kind: 'start',
            payload: { tenantId, leadId, consultantId: context.consultant_id, origin: referral.origin },
            ...(startsIn !== undefined && { inSeconds: startsIn }),
          },
    ]),
    idempotency &&
      query(
        `insert into idempotency_key (tenant_id, key, body_hash, answer)
         select $1, $2, $3, jsonb_set($4, '{referralNumber}', to_jsonb(referral_count)) from lead where id = $5`,
        [tenantId, idempotency.key, idempotency.bodyHash, JSON.stringify(answer), leadId],
      ),
  ]);
  // What rests upon a claim that was lost fails with it.
  rest.catch(() => {});
  const [, named, [lead]] = await claims;
  if (!named || !lead) throw new Overtaken('the person or the lead has just changed');
  await rest;
  return { kind: 'stored', answer: { ...answer, referralNumber: lead.count } };
}

/** The consultant cannot be given the conversation, which goes to the team: somebody has to look. */
function attentionTo({ consultant_id, no_agent }: Context): string | null {
  if (consultant_id === null) return 'consultant_unknown';
  return no_agent ? 'consultant_without_agent' : null;
}

async function readContext(
  query: Query,
  referral: NewReferral,
  identities: readonly Identity[],
  idempotency: { key: string; bodyHash: Buffer } | null,
): Promise<Context> {
  const [context] = await query<Context>(
    `select k.answer, k.body_hash = $2 as same_body, f.id as flow_id, f.version as flow_version,
       c.id as consultant_id, c.name as consultant_name,
       c.email is null and c.chatwoot_agent_id is null as no_agent, p.person_id, p.people, n.name as person_name,
       l.id as lead_id, l.stage, uuidv7() as new_id, uuidv7() as referral_id, now() as now,
       ${isSuppressed('p')} or exists (select from suppression where hash = decode($6, 'hex')) as opted_out
     from (select) as one
     left join idempotency_key k on k.key = $1
     left join flow f on f.source = $3
     left join consultant c on c.name_key = $4 or lower(c.email) = lower($5)
     left join lateral (
       select (array_agg(i.person_id order by i.created_at))[1] as person_id, count(distinct i.person_id) as people
       from person_identity i
       where (i.kind = 'phone' and i.value = any ($7)) or (i.kind = 'wa_id' and i.value = any ($8))) p on true
     left join person n on n.id = p.person_id
     left join lead l on l.person_id = p.person_id and l.flow_id = f.id and l.stage <> 'closed'
     limit 1`,
    [
      idempotency?.key ?? null,
      idempotency?.bodyHash ?? null,
      referral.origin,
      referral.consultant === null ? null : nameKey(referral.consultant),
      referral.consultant,
      identities[0]?.hash ?? '',
      identities.filter((i) => i.kind === 'phone').map((i) => i.value),
      identities.filter((i) => i.kind === 'phone').map((i) => i.value.slice(1)),
    ],
  );
  if (!context) throw new Error('the intake read nothing');
  return context;
}
