-- Up Migration

-- It is wanted for minutes only.
alter table live_change set unlogged;

-- A crash empties it, and gives the ids of transactions that left no trace to others: snapshots from before say
-- nothing any more. What is unlogged is reset by a crash, and so tells of it: 1 until somebody begins a new epoch.
create unlogged sequence live_epoch;
select setval('live_epoch', 2 + floor(random() * 1e15)::bigint);
grant select on sequence live_epoch to leadflow_app, leadflow_dispatch;
grant update on sequence live_epoch to leadflow_dispatch;

-- Where a reader goes on who has seen what this statement sees: epoch, seconds, snapshot.
create function live_cursor() returns text
language sql stable
begin atomic
  select e.last_value || '/' || floor(extract(epoch from now()))::bigint || '/' || pg_current_snapshot()
  from live_epoch e;
end;

-- ---------------------------------------------------------------- over all tenants

grant create on schema public to leadflow_dispatch;

-- Begins an epoch where a crash has ended the one before.
create function begin_live_epoch() returns void
language sql volatile security definer set search_path = public
begin atomic
  select setval('live_epoch', 2 + floor(random() * 1e15)::bigint) from live_epoch where not is_called;
end;
revoke all on function begin_live_epoch() from public;
grant execute on function begin_live_epoch() to leadflow_app;
alter function begin_live_epoch() owner to leadflow_dispatch;
revoke create on schema public from leadflow_dispatch;
