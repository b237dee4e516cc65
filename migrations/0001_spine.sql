-- Up Migration

-- Two roles that own nothing and cannot log in. The product works as leadflow_app and sees one tenant at a
-- time; leadflow_dispatch owns the few functions that must look over all tenants.
do $$
begin
  if not exists (select from pg_roles where rolname = 'leadflow_app') then
    create role leadflow_app nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'leadflow_dispatch') then
    create role leadflow_dispatch nologin;
  end if;
  if not pg_has_role(current_user, 'leadflow_app', 'set') then
    grant leadflow_app to current_user with inherit false, set true;
  end if;
  if not pg_has_role(current_user, 'leadflow_dispatch', 'set') then
    grant leadflow_dispatch to current_user with inherit false, set true;
  end if;
end $$;

grant usage on schema public to leadflow_app, leadflow_dispatch;
grant create on schema public to leadflow_dispatch;

create function current_tenant() returns uuid
language sql stable parallel safe
return nullif(current_setting('lead_flow.tenant', true), '')::uuid;

-- ---------------------------------------------------------------- tenant, settings, keys

create table tenant (
  id uuid primary key default uuidv7(),
  name text not null,
  created_at timestamptz not null default now()
);

create table setting (
  tenant_id uuid not null references tenant,
  name text not null,
  value jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, name)
);

create table api_key (
  tenant_id uuid not null references tenant,
  id uuid not null default uuidv7(),
  name text not null,
  prefix text not null,
  hash bytea not null unique,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  primary key (tenant_id, id)
);

create table idempotency_key (
  tenant_id uuid not null references tenant,
  key text not null,
  body_hash bytea not null,
  answer jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, key)
);

-- ---------------------------------------------------------------- connections and flows

create table chatwoot_connection (
  tenant_id uuid not null references tenant,
  id uuid not null default uuidv7(),
  base_url text not null,
  account_id integer not null,
  token_sealed bytea not null,
  team_id integer,
  webhook_key_hash bytea not null unique,
  webhook_secret_sealed bytea,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);

create table channel (
  tenant_id uuid not null references tenant,
  id uuid not null default uuidv7(),
  kind text not null check (kind in ('whatsapp_cloud', 'evolution')),
  name text not null,
  base_url text not null,
  api_version text not null,
  phone_number_id text not null,
  business_account_id text,
  token_sealed bytea not null,
  app_secrets_sealed bytea not null,
  verify_token_sealed bytea not null,
  webhook_key_hash bytea not null unique,
  chatwoot_inbox_id integer not null,
  messages_per_second real not null default 80 check (messages_per_second > 0),
  state text not null default 'active' check (state in ('active', 'paused')),
  pause_reason text,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, phone_number_id)
);

create table flow (
  tenant_id uuid not null references tenant,
  id uuid not null default uuidv7(),
  name text not null,
  source text not null,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, source)
);

create table flow_version (
  tenant_id uuid not null,
  flow_id uuid not null,
  version integer not null,
  channel_id uuid not null,
  chatwoot_connection_id uuid not null,
  definition jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, flow_id, version),
  foreign key (tenant_id, flow_id) references flow,
  foreign key (tenant_id, channel_id) references channel,
  foreign key (tenant_id, chatwoot_connection_id) references chatwoot_connection
);

-- A template that Meta has paused or disabled: no message of it leaves until it is lifted.
create table template_stop (
  tenant_id uuid not null,
  channel_id uuid not null,
  template text not null,
  language text not null,
  reason text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, channel_id, template, language),
  foreign key (tenant_id, channel_id) references channel
);

-- ---------------------------------------------------------------- people

create table consultant (
  tenant_id uuid not null references tenant,
  id uuid not null default uuidv7(),
  name text not null,
  name_key text not null,
  email text,
  chatwoot_agent_id integer,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name_key)
);
create unique index consultant_email on consultant (tenant_id, lower(email));

create table person (
  tenant_id uuid not null references tenant,
  id uuid not null default uuidv7(),
  name text not null,
  email text,
  cnpj text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create index person_cnpj on person (tenant_id, cnpj) where cnpj is not null;

-- hash: keyed hash of the identity in its one canonical form, the same in suppression
create table person_identity (
  tenant_id uuid not null,
  kind text not null check (kind in ('phone', 'wa_id', 'bsuid', 'lid', 'email', 'chatwoot_contact')),
  value text not null,
  hash bytea not null,
  person_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, kind, value),
  foreign key (tenant_id, person_id) references person
);
create index person_identity_person on person_identity (tenant_id, person_id);

create table suppression (
  tenant_id uuid not null references tenant,
  hash bytea not null,
  source text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, hash)
);

-- ---------------------------------------------------------------- leads

create table lead (
  tenant_id uuid not null references tenant,
  id uuid not null default uuidv7(),
  person_id uuid not null,
  flow_id uuid not null,
  flow_version integer not null,
  origin text not null,
  stage text not null default 'main' check (stage in ('main', 'waiting', 'rework', 'closed')),
  outcome text check (outcome in ('converted', 'not_converted', 'opted_out', 'no_whatsapp', 'erased')),
  status_value text not null,
  consultant_id uuid,
  consultant_name text not null,
  referral_id uuid,
  referral_count integer not null default 0,
  chatwoot_contact_id bigint,
  chatwoot_conversation_id bigint,
  assigned_consultant_id uuid,
  assigned_consultant_name text,
  wake_at timestamptz,
  rework_count integer not null default 0,
  reworked_at timestamptz,
  attention text,
  attention_at timestamptz,
  converted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  closed_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, person_id) references person,
  foreign key (tenant_id, flow_id, flow_version) references flow_version (tenant_id, flow_id, version),
  foreign key (tenant_id, consultant_id) references consultant,
  check ((stage = 'closed') = (outcome is not null)),
  check ((stage = 'closed') = (closed_at is not null))
);
create unique index lead_open on lead (tenant_id, person_id, flow_id) where stage <> 'closed';
create index lead_newest on lead (tenant_id, created_at desc, id desc);
create index lead_person on lead (tenant_id, person_id);
create index lead_conversation on lead (tenant_id, chatwoot_conversation_id);
create index lead_waiting on lead (wake_at) where stage = 'waiting';
create index lead_untouched on lead (stage, updated_at) where stage in ('main', 'rework');

create table referral (
  tenant_id uuid not null,
  id uuid not null default uuidv7(),
  lead_id uuid not null,
  person_id uuid not null,
  number integer not null,
  origin text not null,
  name text not null,
  phone text not null,
  cnpj text,
  email text,
  notes text,
  status_value text not null,
  consultant_id uuid,
  consultant_name text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, lead_id, number),
  foreign key (tenant_id, lead_id) references lead,
  foreign key (tenant_id, person_id) references person
);

-- The timeline, and at once the ledger of steps: a step is written here before it is done (at is null) and
-- finished with its result, so that whoever repeats it finds what was done instead of doing it twice.
create table lead_event (
  tenant_id uuid not null,
  id bigint generated always as identity,
  lead_id uuid not null,
  referral_id uuid,
  stage text not null check (stage in ('main', 'rework')),
  kind text not null,
  step text,
  detail jsonb not null default '{}',
  begun_at timestamptz not null default now(),
  at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, lead_id) references lead
);
create unique index lead_event_step on lead_event (tenant_id, lead_id, step) where step is not null;
create index lead_event_lead on lead_event (tenant_id, lead_id, id);

-- ---------------------------------------------------------------- messages

create table message (
  tenant_id uuid not null,
  id uuid not null default uuidv7(),
  lead_id uuid not null,
  referral_id uuid,
  person_id uuid not null,
  channel_id uuid not null,
  direction text not null check (direction in ('in', 'out')),
  stage text not null check (stage in ('main', 'rework')),
  kind text not null,
  template text,
  body text,
  button_payload text,
  wamid text,
  state text not null check (state in ('queued', 'sent', 'delivered', 'read', 'failed', 'received')),
  sent_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz,
  failed_at timestamptz,
  error_code integer,
  error_text text,
  pricing jsonb,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, lead_id) references lead,
  foreign key (tenant_id, channel_id) references channel
);
create unique index message_outgoing on message (tenant_id, referral_id, stage) where direction = 'out';
create unique index message_wamid on message (tenant_id, wamid) where wamid is not null;
create index message_lead on message (tenant_id, lead_id, created_at);

create table send_attempt (
  tenant_id uuid not null,
  id uuid not null default uuidv7(),
  message_id uuid not null,
  lead_id uuid not null,
  referral_id uuid not null,
  channel_id uuid not null,
  stage text not null check (stage in ('main', 'rework')),
  try integer not null,
  state text not null default 'begun' check (state in ('begun', 'accepted', 'refused', 'not_sent')),
  wamid text,
  error_class text,
  error_code integer,
  error_text text,
  settled_by text,
  begun_at timestamptz not null default now(),
  ended_at timestamptz,
  reported_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, referral_id, stage, try),
  foreign key (tenant_id, message_id) references message
);
create index send_attempt_channel on send_attempt (tenant_id, channel_id, begun_at) where reported_at is not null;
create index send_attempt_open on send_attempt (tenant_id, begun_at) where state = 'begun';

-- ---------------------------------------------------------------- inbox and outbox

create table inbox_event (
  tenant_id uuid not null references tenant,
  id bigint generated always as identity,
  source text not null,
  endpoint_id uuid not null,
  dedupe_key text not null,
  kind text not null,
  payload jsonb not null,
  state text not null default 'pending' check (state in ('pending', 'applied', 'dead')),
  outcome text,
  attempts integer not null default 0,
  error text,
  received_at timestamptz not null default now(),
  due_at timestamptz not null default now(),
  applied_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, source, dedupe_key)
);
create index inbox_event_pending on inbox_event (tenant_id, due_at) where state = 'pending';

-- What the engine is to be told: written in the transaction that makes it true, removed once told.
create table engine_outbox (
  tenant_id uuid not null,
  id bigint generated always as identity,
  lead_id uuid not null,
  kind text not null check (kind in ('start', 'signal', 'cancel')),
  payload jsonb not null default '{}',
  attempts integer not null default 0,
  error text,
  due_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  primary key (id),
  foreign key (tenant_id, lead_id) references lead
);
create index engine_outbox_due on engine_outbox (due_at, id);

create function notify_waiting() returns trigger language plpgsql as $$
begin
  perform pg_notify('lead_flow_' || tg_table_name, '');
  return null;
end $$;
create trigger engine_outbox_notify after insert on engine_outbox
  for each statement execute function notify_waiting();
create trigger inbox_event_notify after insert on inbox_event
  for each statement execute function notify_waiting();

-- Stores what one webhook brought, in one round trip: sets the tenant, inserts the events that are new under
-- their dedupe keys and, for a stop, the suppressions. Returns how many events were new.
create function receive_events(p_tenant uuid, p_source text, p_endpoint uuid, p_events jsonb, p_suppressed text[])
returns integer language plpgsql as $$
declare
  stored integer;
begin
  perform set_config('lead_flow.tenant', p_tenant::text, true);
  insert into inbox_event (tenant_id, source, endpoint_id, dedupe_key, kind, payload)
  select p_tenant, p_source, p_endpoint, e."dedupeKey", e.kind, e.payload
  from jsonb_to_recordset(p_events) as e("dedupeKey" text, kind text, payload jsonb)
  order by e."dedupeKey"
  on conflict (tenant_id, source, dedupe_key) do nothing;
  get diagnostics stored = row_count;
  if p_suppressed is not null then
    insert into suppression (tenant_id, hash, source)
    select p_tenant, decode(h, 'hex'), p_source from unnest(p_suppressed) as h order by h
    on conflict (tenant_id, hash) do nothing;
  end if;
  return stored;
end $$;

-- ---------------------------------------------------------------- row-level security

do $$
declare
  t text;
begin
  foreach t in array array['setting', 'api_key', 'idempotency_key', 'chatwoot_connection', 'channel', 'flow',
    'flow_version', 'template_stop', 'consultant', 'person', 'person_identity', 'suppression', 'lead', 'referral',
    'lead_event', 'message', 'send_attempt', 'inbox_event', 'engine_outbox']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_tenant on %I to leadflow_app using (tenant_id = current_tenant()) '
      'with check (tenant_id = current_tenant())', t);
    execute format('grant select, insert, update, delete on %I to leadflow_app', t);
  end loop;
end $$;

-- An opt-out holds for ever: the product can add one and read it, never change or remove it.
revoke update, delete on suppression from leadflow_app;

alter table tenant enable row level security;
alter table tenant force row level security;
create policy own_tenant on tenant to leadflow_app using (id = current_tenant()) with check (id = current_tenant());
grant select, insert, update on tenant to leadflow_app;

-- ---------------------------------------------------------------- over all tenants

create policy dispatch on tenant for select to leadflow_dispatch using (true);
create policy dispatch on api_key for select to leadflow_dispatch using (true);
create policy dispatch on channel for select to leadflow_dispatch using (true);
create policy dispatch on chatwoot_connection for select to leadflow_dispatch using (true);
create policy dispatch on lead for select to leadflow_dispatch using (true);
create policy dispatch on inbox_event for select to leadflow_dispatch using (true);
create policy dispatch on engine_outbox to leadflow_dispatch using (true) with check (true);
grant select on tenant, api_key, channel, chatwoot_connection, lead, inbox_event to leadflow_dispatch;
grant select, update, delete on engine_outbox to leadflow_dispatch;

create function tenant_exists() returns boolean
language sql stable security definer set search_path = public
return exists (select from tenant);

create function find_api_key(p_hash bytea) returns table (tenant_id uuid, id uuid)
language sql stable security definer set search_path = public
begin atomic
  select k.tenant_id, k.id from api_key k where k.hash = p_hash and k.revoked_at is null;
end;

create function find_webhook(p_kind text, p_key_hash bytea)
returns table (tenant_id uuid, endpoint_id uuid, secret_sealed bytea, verify_token_sealed bytea)
language sql stable security definer set search_path = public
begin atomic
  select c.tenant_id, c.id, c.app_secrets_sealed, c.verify_token_sealed
  from channel c where p_kind = 'whatsapp' and c.webhook_key_hash = p_key_hash
  union all
  select c.tenant_id, c.id, c.webhook_secret_sealed, null::bytea
  from chatwoot_connection c where p_kind = 'chatwoot' and c.webhook_key_hash = p_key_hash;
end;

create function tenants_with_pending_events() returns table (tenant_id uuid)
language sql stable security definer set search_path = public
begin atomic
  select t.id from tenant t
  where exists (select from inbox_event e where e.tenant_id = t.id and e.state = 'pending' and e.due_at <= now());
end;

-- Takes what is due and puts it off by the lease, so that one dispatcher alone works on it and a dispatcher
-- that dies gives it back.
create function claim_outbox(p_limit integer, p_lease interval)
returns table (tenant_id uuid, id bigint, lead_id uuid, kind text, payload jsonb, attempts integer)
language sql volatile security definer set search_path = public
begin atomic
  update engine_outbox o
  set due_at = now() + p_lease, attempts = o.attempts + 1
  from (
    select d.id from engine_outbox d
    where d.due_at <= now() order by d.due_at, d.id limit p_limit for update skip locked
  ) due
  where o.id = due.id
  returning o.tenant_id, o.id, o.lead_id, o.kind, o.payload, o.attempts;
end;

create function settle_outbox(p_done bigint[], p_failed jsonb) returns void
language sql volatile security definer set search_path = public
begin atomic
  delete from engine_outbox where id = any (p_done);
  update engine_outbox o set error = f.error, due_at = now() + make_interval(secs => f.seconds)
  from jsonb_to_recordset(p_failed) as f(id bigint, error text, seconds double precision)
  where o.id = f.id;
end;

-- Leads whose hour has passed, or that have stood still before their first message, and which the engine may
-- have forgotten.
create function overdue_leads(p_late interval, p_rework_late interval, p_limit integer)
returns table (tenant_id uuid, id uuid, stage text)
language sql stable security definer set search_path = public
begin atomic
  (select l.tenant_id, l.id, l.stage from lead l
   where l.stage = 'waiting' and l.wake_at < now() - p_late order by l.wake_at limit p_limit)
  union all
  (select l.tenant_id, l.id, l.stage from lead l
   where l.stage = 'main' and l.updated_at < now() - p_late order by l.updated_at limit p_limit)
  union all
  (select l.tenant_id, l.id, l.stage from lead l
   where l.stage = 'rework' and l.updated_at < now() - p_rework_late order by l.updated_at limit p_limit);
end;

create function backlog() returns table (pending_events bigint, oldest_event_at timestamptz,
  dead_events bigint, outbox bigint, oldest_outbox_at timestamptz)
language sql stable security definer set search_path = public
begin atomic
  select e.pending, e.oldest, d.dead, o.waiting, o.oldest
  from (select count(*) as pending, min(received_at) as oldest from inbox_event where state = 'pending') e,
       (select count(*) as dead from inbox_event where state = 'dead') d,
       (select count(*) as waiting, min(created_at) as oldest from engine_outbox) o;
end;

create index inbox_event_dead on inbox_event (tenant_id) where state = 'dead';

do $$
declare
  f text;
begin
  foreach f in array array['tenant_exists()', 'find_api_key(bytea)', 'find_webhook(text, bytea)',
    'tenants_with_pending_events()', 'claim_outbox(integer, interval)', 'settle_outbox(bigint[], jsonb)',
    'overdue_leads(interval, interval, integer)', 'backlog()']
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to leadflow_app', f);
    execute format('alter function %s owner to leadflow_dispatch', f);
  end loop;
end $$;
revoke create on schema public from leadflow_dispatch;
