-- Words: docs/glossary.md. Snapshots, check results and the journal are append-only. No raw identifier in any column.
create table meta (
  key text primary key,
  value text not null
);

create table config_version (
  version integer generated always as identity primary key,
  at timestamptz not null,
  hash text not null,
  -- what changed against the version before, in words; no values of secrets
  changes jsonb not null
);

create table run (
  id text primary key,
  kind text not null check (kind in ('audit', 'readback', 'report')),
  trigger text not null check (trigger in ('scheduled', 'manual', 'readback')),
  started_at timestamptz not null,
  ended_at timestamptz,
  state text not null default 'running' check (state in ('running', 'done', 'failed', 'interrupted')),
  summary jsonb not null default '{}'
);
create index run_started on run (started_at desc);

create table snapshot (
  id text primary key,
  run_id text not null references run (id),
  audience text,
  system text not null,
  ordinal integer,
  trigger text not null,
  as_of timestamptz not null,
  taken_at timestamptz not null,
  coverage text not null check (coverage in ('complete', 'partial', 'unusable')),
  because text not null,
  failure text,
  metrics jsonb not null,
  attributes jsonb not null,
  fields jsonb not null,
  set_file text,
  epoch integer not null
);
create index snapshot_segment on snapshot (system, audience, taken_at desc);
create unique index snapshot_ordinal on snapshot (system, coalesce(audience, ''), epoch, ordinal) where ordinal is not null;

create table comparison (
  run_id text not null references run (id),
  audience text not null,
  as_of timestamptz not null,
  owner text not null,
  systems jsonb not null,
  masks jsonb not null,
  per_system jsonb not null,
  cant_tell jsonb not null,
  primary key (audience, as_of, run_id)
);

create table check_result (
  run_id text not null references run (id),
  at timestamptz not null,
  check_name text not null,
  audience text,
  system text not null,
  status text not null check (status in ('pass', 'fail', 'skip')),
  because text,
  findings jsonb not null default '[]'
);
create index check_result_run on check_result (run_id);
create index check_result_segment on check_result (system, audience, at desc);

create table incident (
  id integer generated always as identity (start with 1001) primary key,
  fingerprint text not null,
  state text not null check (state in ('open', 'acknowledged', 'snoozed', 'resolved', 'regressed')),
  severity text not null check (severity in ('act', 'look')),
  finding jsonb not null,
  opened_at timestamptz not null,
  changed_at timestamptz not null,
  last_seen_at timestamptz not null,
  resolved_at timestamptz,
  snoozed_until timestamptz,
  owner text,
  peak bigint,
  run_id text not null references run (id),
  version integer not null default 1
);
create index incident_state on incident (state, severity);
-- at most one live incident per fingerprint; one that comes back long after it was resolved is a new one
create unique index incident_live on incident (fingerprint) where state <> 'resolved';
create index incident_fingerprint on incident (fingerprint, id desc);

create table incident_event (
  incident_id integer not null references incident (id),
  at timestamptz not null,
  kind text not null,
  actor text not null,
  text text not null,
  seq bigint generated always as identity primary key
);
create index incident_event_incident on incident_event (incident_id, seq);

-- The accepted base of an audience: from here on a person missing at the owner counts as removed there.
create table audience_base (
  audience text primary key,
  accepted_at timestamptz not null,
  accepted_by text not null,
  run_id text not null references run (id)
);

create table plan (
  id integer generated always as identity (start with 81) primary key,
  hash text not null,
  state text not null check (state in ('draft', 'checked', 'approved', 'applying', 'verifying', 'done', 'stopped', 'expired', 'refused', 'stale')),
  audience text not null,
  incident_id integer references incident (id),
  undoes integer references plan (id),
  author text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- the document with an empty list of changes, which are rows of `change`; json, not jsonb: the hash covers every byte
  doc json not null,
  guards jsonb not null,
  need text not null check (need in ('author', 'second_person', 'refused')),
  stop_requested_by text,
  started_at timestamptz,
  ended_at timestamptz,
  because text
);

create table change (
  plan_id integer not null references plan (id),
  n integer not null,
  system text not null,
  audience text not null,
  person bytea not null check (octet_length(person) = 16),
  op text not null check (op in ('suppress', 'remove', 'add', 'set')),
  attribute text,
  before json not null,
  rule text not null,
  reversible boolean not null,
  evidence json,
  sealed text not null,
  primary key (plan_id, n)
);

create table approval (
  plan_id integer not null references plan (id),
  person text not null,
  at timestamptz not null,
  hash text not null,
  confirmed text not null,
  primary key (plan_id, person, hash)
);

create table plan_lease (
  plan_id integer primary key references plan (id),
  holder text not null,
  fence bigint not null,
  expires_at timestamptz not null
);

-- One intent row before the vendor call, one outcome row after it; both carry the fence of the lease they were written under.
create table journal (
  seq bigint generated always as identity primary key,
  plan_id integer not null,
  n integer not null,
  phase text not null check (phase in ('intent', 'outcome')),
  fence bigint not null,
  at timestamptz not null,
  end_state text check (end_state in ('applied', 'already_so', 'skipped_consent', 'skipped_drift', 'failed', 'unknown')),
  because text,
  undo_sealed text,
  foreign key (plan_id, n) references change (plan_id, n),
  check ((phase = 'outcome') = (end_state is not null))
);
create index journal_change on journal (plan_id, n);
create index journal_at on journal (at);
create unique index journal_one_end on journal (plan_id, n) where phase = 'outcome';

create table job_run (
  job text not null,
  fire_time timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed')),
  holder text,
  lease_until timestamptz,
  attempts integer not null default 0,
  ended_at timestamptz,
  error text,
  primary key (job, fire_time)
);

create table slack_message (
  incident_id integer primary key references incident (id),
  channel text not null,
  ts text not null,
  generation integer not null,
  version integer not null
);

create table slack_post (
  incident_id integer not null references incident (id),
  at timestamptz not null
);
create index slack_post_at on slack_post (at desc);

-- Notifications that wait for another try; a row goes when it is through.
create table outbox (
  id bigint generated always as identity primary key,
  incident_id integer not null references incident (id),
  kind text not null,
  at timestamptz not null,
  attempts integer not null default 0,
  last_error text
);

create table report_sent (
  recipient_hash text not null,
  week text not null,
  at timestamptz not null,
  primary key (recipient_hash, week)
);

create table report (
  week text primary key,
  created_at timestamptz not null,
  content jsonb not null
);

-- Who did what, in words; nothing updates or deletes a row.
create table audit_log (
  seq bigint generated always as identity primary key,
  at timestamptz not null,
  actor text not null,
  action text not null,
  object text not null,
  detail jsonb not null default '{}'
);
