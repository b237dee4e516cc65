-- Up Migration

-- ---------------------------------------------------------------- API keys

-- When a key was last seen, to about a minute.
alter table api_key add column last_used_at timestamptz;

-- ---------------------------------------------------------------- people who sign in

-- What the sign-in library keeps, in a schema of its own: an organization is a tenant, a member may see its rows.
-- No row security here: whose session it is must be known before there is a tenant.
create schema auth;
grant usage on schema auth to leadflow_app;

create table auth."user" (
  id uuid primary key default uuidv7(),
  name text not null,
  -- Small letters only.
  email text not null unique,
  email_verified boolean not null default false,
  image text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table auth.organization (
  id uuid primary key references public.tenant,
  name text not null,
  slug text not null unique,
  logo text,
  metadata text,
  created_at timestamptz not null default now()
);

create table auth.member (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references auth.organization on delete cascade,
  user_id uuid not null references auth."user" on delete cascade,
  role text not null default 'member',
  created_at timestamptz not null default now(),
  unique (user_id, organization_id)
);
create index member_organization on auth.member (organization_id);

create table auth.invitation (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references auth.organization on delete cascade,
  email text not null,
  role text,
  status text not null default 'pending',
  inviter_id uuid not null references auth."user" on delete cascade,
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index invitation_organization on auth.invitation (organization_id);
create index invitation_email on auth.invitation (email);
create index invitation_inviter on auth.invitation (inviter_id);

create table auth.session (
  id uuid primary key default uuidv7(),
  user_id uuid not null references auth."user" on delete cascade,
  token text not null unique,
  active_organization_id uuid,
  ip_address text,
  user_agent text,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index session_of_user on auth.session (user_id);

create table auth.account (
  id uuid primary key default uuidv7(),
  user_id uuid not null references auth."user" on delete cascade,
  provider_id text not null,
  account_id text not null,
  -- As scrypt made it, with its salt.
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (provider_id, account_id)
);
create index account_of_user on auth.account (user_id);

create table auth.verification (
  id uuid primary key default uuidv7(),
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index verification_identifier on auth.verification (identifier);

create table auth.rate_limit (
  id uuid primary key default uuidv7(),
  key text not null unique,
  count integer not null,
  -- Milliseconds since 1970.
  last_request bigint not null
);
create index rate_limit_last_request on auth.rate_limit (last_request);

grant select, insert, update, delete on all tables in schema auth to leadflow_app;
