import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { surroundings } from './surroundings.ts';

/**
 * Fills a test database with `count` leads of one tenant, each with a person, their phone in both forms, a referral
 * and three messages, over the year before now; then has PostgreSQL count and tidy its tables.
 *
 * As the administrator and past every trigger and foreign key: the product would take its time.
 */
export async function makeManyLeads(databaseUrl: string, tenantId: string, count: number): Promise<void> {
  const passwords = await readFile(join(surroundings().folder, 'postgres.passwords.json'), 'utf8');
  const url = Object.assign(new URL(databaseUrl), {
    username: 'postgres',
    password: (JSON.parse(passwords) as { superuser: string }).superuser,
  });
  const admin = new Client({ connectionString: url.href });
  await admin.connect();
  try {
    await admin.query('set session_replication_role = replica');
    for (const sql of [...MADE, ...FILLED]) {
      await admin.query(sql.replaceAll(':tenant', `'${tenantId}'::uuid`).replaceAll(':count', String(count)));
    }
    for (const table of ['person', 'person_identity', 'lead', 'referral', 'message']) {
      await admin.query(`vacuum analyze ${table}`);
    }
  } finally {
    await admin.end();
  }
}

const MADE = [
  `create temporary table made as
   select n, uuidv7() as person_id, uuidv7() as lead_id, uuidv7() as referral_id,
     now() - n * interval '5 minutes' as came,
     (array['Ana', 'Bruno', 'Carla', 'Diego', 'Elisa', 'Fábio', 'Gabriela', 'Heitor', 'Irene', 'João'])[1 + n % 10]
       || ' ' || (array['Souza', 'Lima', 'Conceição', 'Rocha', 'Prado', 'Nunes', 'Silva'])[1 + n % 7]
       || ' ' || left(md5(n::text), 6) as name,
     '+55119' || (60000000 + n) as phone,
     lpad((10000000000000 + n * 7)::text, 14, '0') as cnpj,
     'Consultor ' || (1 + n % 40) as consultant,
     n % 20 as kind
   from generate_series(1, :count) as n`,
  `create temporary table used as
   select f.id as flow_id, f.version, v.channel_id from flow f
   join flow_version v on v.flow_id = f.id and v.version = f.version where f.tenant_id = :tenant limit 1`,
];

/** Of twenty leads: one each new, contacted, in rework and to be looked at, four asleep, twelve closed. */
const FILLED = [
  `insert into person (tenant_id, id, name, email, cnpj)
   select :tenant, person_id, name, 'p' || n || '@exemplo.com', cnpj from made`,
  `insert into person_identity (tenant_id, kind, value, hash, person_id)
   select :tenant, 'phone', form, decode(md5(phone), 'hex'), person_id
   from made cross join lateral (values (phone), (overlay(phone placing '' from 6 for 1))) as f(form)
   on conflict do nothing`,
  `insert into lead (tenant_id, id, person_id, flow_id, flow_version, origin, stage, outcome, status_value,
     consultant_name, referral_id, referral_count, wake_at, attention, created_at, updated_at, closed_at, converted_at,
     messaged_at, replied_at, rework_count)
   select :tenant, lead_id, person_id, flow_id, version, 'api_oficial',
     case when kind in (0, 1, 2) then 'main' when kind in (3, 4, 5, 6) then 'waiting' when kind = 7 then 'rework'
       else 'closed' end,
     case when kind > 7 then (array['converted', 'not_converted', 'not_converted', 'opted_out', 'no_whatsapp'])[1 + kind % 5] end,
     'qualificado', consultant, referral_id, 1, case when kind in (3, 4, 5, 6) then now() + interval '1 day' end,
     case when kind = 2 then 'send_failed' end, came, came, case when kind > 7 then came + interval '4 days' end,
     case when kind > 7 and kind % 5 = 0 then came + interval '2 days' end,
     case when kind > 0 then came + interval '3 seconds' end, case when kind % 3 = 1 then came + interval '1 hour' end,
     case when kind > 6 then 1 else 0 end
   from made cross join used`,
  `insert into referral (tenant_id, id, lead_id, person_id, number, origin, name, phone, cnpj, status_value,
     consultant_name, created_at)
   select :tenant, referral_id, lead_id, person_id, 1, 'api_oficial', name, phone, cnpj, 'qualificado', consultant, came
   from made`,
  `insert into message (tenant_id, lead_id, referral_id, person_id, channel_id, direction, stage, kind, template, state,
     sent_at, delivered_at, read_at, failed_at, error_code, error_text, pricing, created_at)
   select :tenant, lead_id, referral_id, person_id, channel_id, direction, stage, m.kind, template,
     case when direction = 'in' then 'received' when made.kind = 2 then 'failed' when made.kind % 2 = 0 then 'read'
       else 'delivered' end,
     came + after, case when made.kind <> 2 then came + after + interval '2 seconds' end,
     case when made.kind <> 2 and made.kind % 2 = 0 then came + after + interval '1 minute' end,
     case when made.kind = 2 then came + after end, case when made.kind = 2 then 131026 end,
     case when made.kind = 2 then 'Message undeliverable' end,
     case when direction = 'out' and made.kind <> 2
       then jsonb_build_object('billable', true, 'pricing_model', 'PMP', 'category',
         (array['utility', 'marketing'])[1 + n % 2]) end,
     came + after
   from made cross join used
   cross join lateral (values
     ('out', 'main', 'template', 'indicacao', interval '3 seconds'),
     ('in', 'main', case when made.kind % 3 = 1 then 'text' else 'reaction' end, null, interval '1 hour'),
     (case when made.kind > 6 then 'out' else 'in' end, 'rework', case when made.kind > 6 then 'template' else 'reaction' end,
       'retrabalho', interval '3 days')) as m(direction, stage, kind, template, after)`,
];
