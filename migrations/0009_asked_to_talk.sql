-- Up Migration

-- A person who asked for a talk waits for it, also where the lead has been closed meanwhile: whoever looks at what
-- asks for attention sees it until somebody has written to them.
alter table lead alter column board_column set expression as (case
  when outcome in ('merged', 'erased') then null
  when stage = 'closed' and attention is distinct from 'wants_to_talk' then outcome
  when attention is not null then 'attention'
  when stage = 'rework' then 'rework'
  when replied_at is not null or agent_wrote_at > created_at then 'contacted'
  when stage = 'waiting' then 'waiting'
  when messaged_at is not null then 'contacted'
  else 'new' end);

-- What asks for attention is a column of the board; an outcome no longer is one alone.
drop index lead_attention;
create index lead_outcome on lead (tenant_id, outcome, created_at desc, id desc) where outcome is not null;

-- Of those that were closed until now, only who did not buy waits. Nobody is to be told; forced row security holds
-- for the owner too.
alter table lead no force row level security, disable trigger user;
update lead set attention = null, attention_at = null
where attention is not null and stage = 'closed' and outcome <> 'not_converted';
alter table lead force row level security, enable trigger user;
