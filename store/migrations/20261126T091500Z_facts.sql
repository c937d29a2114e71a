-- What systems know beyond members, as they last told it. Names and rules are kept without addresses of people.

-- A row for each wording of the rule behind a copy.
create table segment_definition (
  audience text not null,
  system text not null,
  version integer not null check (version > 0),
  name text not null,
  definition text not null,
  -- of the text as the system gave it
  hash text not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  -- when the vendor says that it was changed last
  changed_at timestamptz,
  primary key (audience, system, version)
);

create table campaign (
  system text not null,
  id text not null,
  name text not null,
  state text not null check (state in ('draft', 'scheduled', 'sending', 'sent', 'cancelled')),
  at timestamptz,
  -- [{name, audiences}]
  includes jsonb not null,
  excludes jsonb not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  primary key (system, id)
);

-- Counts of mail over half-open [from_at, to_at), as last told; null: not told.
create table delivery (
  system text not null,
  audience text,
  campaign text,
  from_at timestamptz not null,
  to_at timestamptz not null,
  sent bigint,
  delivered bigint,
  bounced bigint,
  complained bigint,
  unsubscribed bigint,
  seen_at timestamptz not null
);
create index delivery_audience on delivery (audience, system);

-- What each system told last. A part is null when it could not tell; notes say why.
create table system_facts (
  system text primary key,
  read_at timestamptz not null,
  automations jsonb,
  changes jsonb,
  notes jsonb not null
);

-- Runs of sync tools, as the tools told us.
create table sync_run (
  job text not null,
  id text not null,
  state text not null check (state in ('running', 'succeeded', 'failed')),
  started_at timestamptz not null,
  ended_at timestamptz check (ended_at >= started_at),
  rows_read bigint check (rows_read >= 0),
  rows_written bigint check (rows_written >= 0),
  rows_failed bigint check (rows_failed >= 0),
  received_at timestamptz not null,
  primary key (job, id)
);
create index sync_run_started on sync_run (job, started_at desc);
