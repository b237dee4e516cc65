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
