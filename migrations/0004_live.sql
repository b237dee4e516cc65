-- Up Migration

-- What open pages have to show anew, one row for each thing and transaction. A reader goes on from the snapshot it
-- looked with last: what that one did not see and the present one does is new, in whatever order it was committed.
create table live_change (
  tenant_id uuid not null,
  xid xid8 not null default pg_current_xact_id(),
  kind text not null check (kind in ('lead', 'channels', 'templates', 'consultants', 'settings', 'events')),
  lead_id uuid,
  at timestamptz not null default clock_timestamp(),
  unique nulls not distinct (tenant_id, xid, kind, lead_id)
);
alter table live_change enable row level security;
alter table live_change force row level security;
create policy own_tenant on live_change to leadflow_app using (tenant_id = current_tenant())
  with check (tenant_id = current_tenant());
grant select, insert on live_change to leadflow_app;

-- ---------------------------------------------------------------- what is noted

-- Statements that touch one lead are noted by row, which costs least; those of messages touch hundreds.

create function note_lead() returns trigger language plpgsql as $$
begin
  insert into live_change (tenant_id, kind, lead_id) values (new.tenant_id, 'lead', new.id) on conflict do nothing;
  return null;
end $$;

create function note_lead_of() returns trigger language plpgsql as $$
begin
  insert into live_change (tenant_id, kind, lead_id) values (new.tenant_id, 'lead', new.lead_id)
  on conflict do nothing;
  return null;
end $$;

create function note_leads_of() returns trigger language plpgsql as $$
begin
  insert into live_change (tenant_id, kind, lead_id) select distinct c.tenant_id, 'lead', c.lead_id from changed c
  on conflict do nothing;
  return null;
end $$;

create function note_leads_of_person() returns trigger language plpgsql as $$
begin
  insert into live_change (tenant_id, kind, lead_id)
  select l.tenant_id, 'lead', l.id from lead l where l.tenant_id = new.tenant_id and l.person_id = new.id
  on conflict do nothing;
  return null;
end $$;

-- Its arguments are the kinds.
create function note_kinds() returns trigger language plpgsql as $$
begin
  insert into live_change (tenant_id, kind) select distinct c.tenant_id, k from changed c, unnest(tg_argv) k
  on conflict do nothing;
  return null;
end $$;

create function note_event() returns trigger language plpgsql as $$
begin
  insert into live_change (tenant_id, kind) values (coalesce(new.tenant_id, old.tenant_id), 'events')
  on conflict do nothing;
  return null;
end $$;

create trigger live_insert after insert on lead for each row execute function note_lead();
create trigger live_update after update on lead for each row execute function note_lead();

-- What is only begun is not shown.
create trigger live_insert after insert on lead_event for each row when (new.at is not null)
  execute function note_lead_of();
create trigger live_update after update on lead_event for each row when (new.at is distinct from old.at)
  execute function note_lead_of();

create trigger live_insert after insert on message referencing new table as changed
  for each statement execute function note_leads_of();
create trigger live_update after update on message referencing new table as changed
  for each statement execute function note_leads_of();

-- However else an attempt ends, its message or its lead changes with it.
create trigger live_update after update on send_attempt for each row
  when (new.state = 'not_sent' and old.state <> 'not_sent') execute function note_lead_of();

create trigger live_update after update on person for each row
  when ((new.name, new.email, new.cnpj) is distinct from (old.name, old.email, old.cnpj))
  execute function note_leads_of_person();

-- Of the events those that wait for a person, come or gone: the others pass by the hundred.
create trigger live_insert after insert on inbox_event for each row when (new.state = 'dead')
  execute function note_event();
create trigger live_update after update on inbox_event for each row
  when (old.state <> new.state and 'dead' in (old.state, new.state)) execute function note_event();
create trigger live_delete after delete on inbox_event for each row when (old.state = 'dead')
  execute function note_event();

do $$
declare
  noted record;
begin
  for noted in select * from (values ('channel', 'channels'), ('template', 'templates'),
    ('template_stop', 'templates, channels'), ('consultant', 'consultants'), ('setting', 'settings')) v(name, kinds)
  loop
    execute format('create trigger live_insert after insert on %I referencing new table as changed '
      'for each statement execute function note_kinds(%s)', noted.name, noted.kinds);
    execute format('create trigger live_update after update on %I referencing new table as changed '
      'for each statement execute function note_kinds(%s)', noted.name, noted.kinds);
    execute format('create trigger live_delete after delete on %I referencing old table as changed '
      'for each statement execute function note_kinds(%s)', noted.name, noted.kinds);
  end loop;
end $$;

-- ---------------------------------------------------------------- over all tenants

grant create on schema public to leadflow_dispatch;
create policy dispatch on live_change to leadflow_dispatch using (true);
grant select, delete on live_change to leadflow_dispatch;

-- Forgets what a snapshot of some time ago saw already, and gives the present one.
create function forget_live_changes(p_seen text) returns text
language sql volatile security definer set search_path = public
begin atomic
  delete from live_change where pg_visible_in_snapshot(xid, p_seen::pg_snapshot);
  select pg_current_snapshot()::text;
end;

revoke all on function forget_live_changes(text) from public;
grant execute on function forget_live_changes(text) to leadflow_app;
alter function forget_live_changes(text) owner to leadflow_dispatch;
revoke create on schema public from leadflow_dispatch;
