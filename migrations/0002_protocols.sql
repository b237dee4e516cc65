-- Up Migration

-- ---------------------------------------------------------------- channels: two kinds, health, relay, templates

alter table channel
  alter column api_version drop not null,
  alter column phone_number_id drop not null,
  alter column verify_token_sealed drop not null,
  -- The gateway's own name of an Evolution instance.
  add column instance text,
  add column connection text check (connection in ('open', 'connecting', 'close', 'refused')),
  add column status_numbering text not null default 'documented'
    check (status_numbering in ('documented', 'baileys')),
  -- A pause that ends by itself; null where a person has to lift it.
  add column paused_until timestamptz,
  -- Who paused it: what the provider has paused, the provider's word lifts too.
  add column paused_by text check (paused_by in ('person', 'error', 'provider')),
  add column quality text,
  add column messaging_limit text,
  -- Where the raw webhooks go as well, with their signature.
  add column relay_url text,
  add constraint channel_instance unique (tenant_id, instance),
  add constraint channel_address check (case kind
    when 'whatsapp_cloud' then phone_number_id is not null and api_version is not null
      and verify_token_sealed is not null
    else instance is not null end);

alter table template_stop add column stopped_by text not null default 'error'
  check (stopped_by in ('error', 'provider'));

create table template (
  tenant_id uuid not null,
  channel_id uuid not null,
  name text not null,
  language text not null,
  category text,
  status text not null,
  quality text,
  components jsonb not null default '[]',
  synced_at timestamptz not null default now(),
  primary key (tenant_id, channel_id, name, language),
  foreign key (tenant_id, channel_id) references channel
);

-- A raw webhook that is still to be passed on, and its signature.
create table relay (
  tenant_id uuid not null,
  id bigint generated always as identity,
  channel_id uuid not null,
  body bytea not null,
  signature text not null,
  attempts integer not null default 0,
  error text,
  received_at timestamptz not null default now(),
  due_at timestamptz not null default now(),
  primary key (id),
  foreign key (tenant_id, channel_id) references channel
);
create index relay_due on relay (due_at, id);

-- Until when Chatwoot was asked which conversations have changed.
alter table chatwoot_connection add column swept_until timestamptz;

-- ---------------------------------------------------------------- people found to be one

alter table person add column merged_into uuid,
  add foreign key (tenant_id, merged_into) references person;

alter table lead add column merged_into uuid,
  add foreign key (tenant_id, merged_into) references lead,
  drop constraint lead_outcome_check,
  add constraint lead_outcome_check
    check (outcome in ('converted', 'not_converted', 'opted_out', 'no_whatsapp', 'erased', 'merged')),
  add constraint lead_merged_check check ((outcome is not distinct from 'merged') = (merged_into is not null)),
  -- When an agent last wrote to the person in Chatwoot.
  add column agent_wrote_at timestamptz;

-- ---------------------------------------------------------------- receiving

-- News is announced outside of the transactions that bring it: those that notify commit one after the other.
drop trigger engine_outbox_notify on engine_outbox;
drop trigger inbox_event_notify on inbox_event;
drop function notify_waiting();

drop function receive_events(uuid, text, uuid, jsonb, text[]);

-- Stores what one webhook brought, in one round trip: sets the tenant, inserts the events that are new under
-- their dedupe keys, for a stop the suppressions, and what is to be passed on. A delivery of which everything is
-- known already is not passed on again. Returns how many events were new.
create function receive_events(p_tenant uuid, p_source text, p_endpoint uuid, p_events jsonb, p_suppressed text[],
  p_relay_body bytea, p_relay_signature text)
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
  if p_relay_body is not null and (stored > 0 or jsonb_array_length(p_events) = 0) then
    insert into relay (tenant_id, channel_id, body, signature)
    values (p_tenant, p_endpoint, p_relay_body, p_relay_signature);
  end if;
  return stored;
end $$;

do $$
declare
  t text;
begin
  foreach t in array array['template', 'relay']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_tenant on %I to leadflow_app using (tenant_id = current_tenant()) '
      'with check (tenant_id = current_tenant())', t);
    execute format('grant select, insert, update, delete on %I to leadflow_app', t);
  end loop;
end $$;

-- ---------------------------------------------------------------- over all tenants

grant create on schema public to leadflow_dispatch;
create policy dispatch on relay to leadflow_dispatch using (true) with check (true);
grant select, update, delete on relay to leadflow_dispatch;

drop function find_webhook(text, bytea);

create function find_webhook(p_kind text, p_key_hash bytea)
returns table (tenant_id uuid, endpoint_id uuid, secret_sealed bytea, verify_token_sealed bytea, relayed boolean,
  status_numbering text)
language sql stable security definer set search_path = public
begin atomic
  select c.tenant_id, c.id, c.app_secrets_sealed, c.verify_token_sealed, c.relay_url is not null, c.status_numbering
  from channel c
  where c.webhook_key_hash = p_key_hash
    and c.kind = case p_kind when 'whatsapp' then 'whatsapp_cloud' else p_kind end
  union all
  select c.tenant_id, c.id, c.webhook_secret_sealed, null::bytea, false, null::text
  from chatwoot_connection c where p_kind = 'chatwoot' and c.webhook_key_hash = p_key_hash;
end;

-- The Evolution instances of a name, of whichever tenants: the secret that came along decides between them.
create function find_instances(p_instance text)
returns table (tenant_id uuid, endpoint_id uuid, secret_sealed bytea, status_numbering text)
language sql stable security definer set search_path = public
begin atomic
  select c.tenant_id, c.id, c.app_secrets_sealed, c.status_numbering
  from channel c where c.kind = 'evolution' and c.instance = p_instance;
end;

-- Takes the raw webhooks that are due to be passed on, with the address, and puts them off by the lease.
create function claim_relay(p_limit integer, p_lease interval)
returns table (tenant_id uuid, id bigint, url text, body bytea, signature text, attempts integer,
  received_at timestamptz)
language sql volatile security definer set search_path = public
begin atomic
  update relay r
  set due_at = now() + p_lease, attempts = r.attempts + 1
  from (
    select d.id, c.relay_url from relay d join channel c on c.tenant_id = d.tenant_id and c.id = d.channel_id
    where d.due_at <= now() order by d.due_at, d.id limit p_limit for update of d skip locked
  ) due
  where r.id = due.id
  returning r.tenant_id, r.id, due.relay_url, r.body, r.signature, r.attempts, r.received_at;
end;

create function settle_relay(p_done bigint[], p_failed jsonb) returns void
language sql volatile security definer set search_path = public
begin atomic
  delete from relay where id = any (p_done);
  update relay r set error = f.error, due_at = now() + make_interval(secs => f.seconds)
  from jsonb_to_recordset(p_failed) as f(id bigint, error text, seconds double precision)
  where r.id = f.id;
end;

-- Every connection and number that the sweep asks for what its webhooks should have told.
create function connections_to_sweep() returns table (tenant_id uuid, kind text, id uuid)
language sql stable security definer set search_path = public
begin atomic
  select c.tenant_id, 'chatwoot'::text, c.id from chatwoot_connection c
  union all
  select c.tenant_id, c.kind, c.id from channel c;
end;

drop function backlog();
create function backlog() returns table (pending_events bigint, oldest_event_at timestamptz,
  dead_events bigint, outbox bigint, oldest_outbox_at timestamptz, relays bigint, oldest_relay_at timestamptz)
language sql stable security definer set search_path = public
begin atomic
  select e.pending, e.oldest, d.dead, o.waiting, o.oldest, r.waiting, r.oldest
  from (select count(*) as pending, min(received_at) as oldest from inbox_event where state = 'pending') e,
       (select count(*) as dead from inbox_event where state = 'dead') d,
       (select count(*) as waiting, min(created_at) as oldest from engine_outbox) o,
       (select count(*) as waiting, min(received_at) as oldest from relay) r;
end;

do $$
declare
  f text;
begin
  foreach f in array array['find_webhook(text, bytea)', 'find_instances(text)', 'claim_relay(integer, interval)',
    'settle_relay(bigint[], jsonb)', 'connections_to_sweep()', 'backlog()']
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to leadflow_app', f);
    execute format('alter function %s owner to leadflow_dispatch', f);
  end loop;
end $$;
revoke create on schema public from leadflow_dispatch;
