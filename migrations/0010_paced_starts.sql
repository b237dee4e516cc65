-- Up Migration

-- Starts that are to come little by little, as those of an import: whatever made them wait, they are not made up for
-- all at once.
alter table engine_outbox add column paced boolean not null default false;
drop index engine_outbox_due;
create index engine_outbox_due on engine_outbox (paced, due_at, id);

grant create on schema public to leadflow_dispatch;
drop function claim_outbox(integer, interval);

-- Takes what is due, of what is paced p_paced at most, and puts it off by the lease, so that one dispatcher alone
-- works on it and a dispatcher that dies gives it back.
create function claim_outbox(p_limit integer, p_paced integer, p_lease interval)
returns table (tenant_id uuid, id bigint, lead_id uuid, kind text, payload jsonb, attempts integer, paced boolean)
language sql volatile security definer set search_path = public
begin atomic
  with at_once as (
    select d.id from engine_outbox d where not d.paced and d.due_at <= now()
    order by d.due_at, d.id limit p_limit for update skip locked),
  in_turn as (
    select d.id from engine_outbox d where d.paced and d.due_at <= now()
    order by d.due_at, d.id limit p_paced for update skip locked)
  update engine_outbox o
  set due_at = now() + p_lease, attempts = o.attempts + 1
  from (select t.id from at_once t union all select t.id from in_turn t) due
  where o.id = due.id
  returning o.tenant_id, o.id, o.lead_id, o.kind, o.payload, o.attempts, o.paced;
end;
revoke all on function claim_outbox(integer, integer, interval) from public;
grant execute on function claim_outbox(integer, integer, interval) to leadflow_app;
alter function claim_outbox(integer, integer, interval) owner to leadflow_dispatch;
revoke create on schema public from leadflow_dispatch;
