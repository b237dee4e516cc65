-- Up Migration

alter table lead
  -- What the lead's message waits for, since when, and until when where that is known; it holds for open leads alone.
  add column held_reason text
    check (held_reason in ('channel_paused', 'template_stopped', 'quiet_hours', 'weekly_limit')),
  add column held_since timestamptz,
  add column held_until timestamptz,
  add check ((held_reason is null) = (held_since is null)),
  add check (held_reason is not null or held_until is null);

create index lead_held on lead (tenant_id, created_at desc, id desc) where held_reason is not null;

-- ---------------------------------------------------------------- a backlog in small bites

-- Events that came in one go are due in the same moment: their order is the index's then, too.
drop index inbox_event_pending;
create index inbox_event_pending on inbox_event (tenant_id, due_at, id) where state = 'pending';

grant create on schema public to leadflow_dispatch;
drop function tenants_with_pending_events();

-- Asked of each tenant by itself: as a join it reads all that is pending.
create function tenants_with_pending_events() returns table (tenant_id uuid)
language sql stable security definer set search_path = public
begin atomic
  select t.id from tenant t
  where (select true from inbox_event e
         where e.tenant_id = t.id and e.state = 'pending' and e.due_at <= now() limit 1);
end;

revoke all on function tenants_with_pending_events() from public;
grant execute on function tenants_with_pending_events() to leadflow_app;
alter function tenants_with_pending_events() owner to leadflow_dispatch;
revoke create on schema public from leadflow_dispatch;
