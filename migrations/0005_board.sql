-- Up Migration

-- ---------------------------------------------------------------- where a lead stands on the board

alter table lead
  -- When the lead's first message left.
  add column messaged_at timestamptz,
  -- When the person last wrote or pressed a button, since the lead was opened.
  add column replied_at timestamptz;

-- Reacting to a message, editing or deleting one says nothing: the inbox counts them as no reply either.
create function is_reply(p_kind text) returns boolean
language sql immutable parallel safe
return p_kind not in ('reaction', 'edit', 'revoke');

-- Whoever stores a message need not think of it. WhatsApp tells whole seconds: what was said at once may seem to
-- have been said a moment before its lead was opened.
create function note_message() returns trigger language plpgsql as $$
declare
  said timestamptz := least(coalesce(new.sent_at, new.created_at), new.created_at);
begin
  if new.direction = 'in' then
    update lead set replied_at = greatest(said, created_at)
    where tenant_id = new.tenant_id and id = new.lead_id and said > created_at - interval '1 second'
      and (replied_at is null or replied_at < said);
  else
    -- By its key: joined with the lead that carries it on, it would be looked for among all.
    update lead set messaged_at = new.sent_at
    where tenant_id = new.tenant_id and messaged_at is null
      and id = (select coalesce(l.merged_into, l.id) from lead l
                where l.tenant_id = new.tenant_id and l.id = new.lead_id);
  end if;
  return null;
end $$;
create trigger message_said after insert on message for each row
  when (new.direction = 'in' and is_reply(new.kind)) execute function note_message();
create trigger message_left_at_once after insert on message for each row
  when (new.direction = 'out' and new.sent_at is not null) execute function note_message();
create trigger message_left after update of sent_at on message for each row
  when (new.direction = 'out' and old.sent_at is null and new.sent_at is not null) execute function note_message();

-- Leads that are there already. Forced row security holds for the owner too; and nobody is to be told.
alter table lead no force row level security, disable trigger user;
alter table message no force row level security;
update lead o set messaged_at = m.left_at, replied_at = m.said_at
from (
  select l.tenant_id, coalesce(l.merged_into, l.id) as lead_id,
    min(m.sent_at) filter (where m.direction = 'out') as left_at,
    max(least(coalesce(m.sent_at, m.created_at), m.created_at))
      filter (where m.direction = 'in' and is_reply(m.kind)) as said_at
  from message m join lead l on l.tenant_id = m.tenant_id and l.id = m.lead_id group by 1, 2) m
where o.tenant_id = m.tenant_id and o.id = m.lead_id;
alter table lead force row level security, enable trigger user;
alter table message force row level security;

-- A text as it is searched: without accents and case, whatever the database's own collation knows.
create function folded(p_text text) returns text
language sql immutable parallel safe
return lower(regexp_replace(normalize(p_text, nfd), '[\u0300-\u036f]', '', 'g') collate pg_c_utf8);

alter table lead
  add column consultant_key text not null generated always as (folded(consultant_name)) stored,
  -- One column of the board, or none where the board does not show the lead.
  add column board_column text generated always as (case
    when stage = 'closed' then case when outcome not in ('merged', 'erased') then outcome end
    when attention is not null then 'attention'
    when stage = 'rework' then 'rework'
    when replied_at is not null or agent_wrote_at > created_at then 'contacted'
    when stage = 'waiting' then 'waiting'
    when messaged_at is not null then 'contacted'
    else 'new' end) stored;

create index lead_board on lead (tenant_id, board_column, created_at desc, id desc);
create index lead_consultant on lead (tenant_id, consultant_key, created_at desc, id desc);
create index lead_newest_open on lead (tenant_id, created_at desc, id desc) where stage <> 'closed';
create index lead_attention on lead (tenant_id, created_at desc, id desc) where attention is not null;
create index lead_merged on lead (tenant_id, merged_into) where merged_into is not null;

-- ---------------------------------------------------------------- searching

alter table person add column search text not null
  generated always as (folded(name || E'\n' || coalesce(email, '') || E'\n' || coalesce(cnpj, ''))) stored;

-- An extension that the owner of a database may make; it may be there already, in whichever schema.
create extension if not exists pg_trgm;
do $$
declare
  grams text := (select format('%I.gin_trgm_ops', n.nspname) from pg_extension e
                 join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm');
begin
  -- What waits to be sorted into the index is read by every search: little may wait.
  execute format('create index person_search on person using gin (search %s) '
    'with (gin_pending_list_limit = 512)', grams);
  execute format('create index person_identity_phone on person_identity using gin (value %s) '
    'with (gin_pending_list_limit = 512) where kind = ''phone''', grams);
end $$;

-- Under a policy, PostgreSQL asks no index about a pattern, as the pattern's operator might give rows away. This
-- function has no policy to obey and keeps to the tenant itself.
grant create on schema public to leadflow_dispatch;
create policy dispatch on person for select to leadflow_dispatch using (true);
create policy dispatch on person_identity for select to leadflow_dispatch using (true);
grant select on person, person_identity to leadflow_dispatch;

-- People whose name, e-mail or CNPJ is like one of the first two patterns, or one of whose phones is like the third;
-- one may come more than once.
create function find_people(p_words text, p_code text, p_phone text, p_limit integer) returns setof uuid
language sql stable security definer set search_path = public
begin atomic
  select p.id from person p where p.tenant_id = current_tenant() and p.search like p_words
  union all
  select p.id from person p where p.tenant_id = current_tenant() and p.search like p_code
  union all
  select i.person_id from person_identity i
  where i.tenant_id = current_tenant() and i.kind = 'phone' and i.value like p_phone
  limit p_limit;
end;

revoke all on function find_people(text, text, text, integer) from public;
grant execute on function find_people(text, text, text, integer) to leadflow_app;
alter function find_people(text, text, text, integer) owner to leadflow_dispatch;
revoke create on schema public from leadflow_dispatch;
