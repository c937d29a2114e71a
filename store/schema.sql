-- What all migrations together make. Written by `npx vitest run --project integration test/store/schema -u`; never run.

create table agreed_state (
  audience text not null,
  run_id text not null,
  carried_at timestamp with time zone not null,
  epoch integer not null,
  set_file text not null,
  agreed_state_pkey PRIMARY KEY (audience),
  agreed_state_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id)
);

create table approval (
  plan_id integer not null,
  person text not null,
  at timestamp with time zone not null,
  hash text not null,
  confirmed text not null,
  most jsonb,
  approval_pkey PRIMARY KEY (plan_id, person, hash),
  approval_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plan(id)
);

create table audience_base (
  audience text not null,
  accepted_at timestamp with time zone not null,
  accepted_by text not null,
  run_id text not null,
  audience_base_pkey PRIMARY KEY (audience),
  audience_base_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id)
);

create table audit_log (
  seq bigint not null,
  at timestamp with time zone not null,
  actor text not null,
  action text not null,
  object text not null,
  detail json not null,
  prev text not null,
  hash text not null,
  audit_log_pkey PRIMARY KEY (seq),
  audit_log_hash_check CHECK ((hash ~ '^[0-9a-f]{64}$'::text)),
  audit_log_prev_check CHECK ((prev ~ '^[0-9a-f]{64}$'::text)),
  audit_log_prev_key UNIQUE (prev),
  audit_log_seq_check CHECK ((seq > 0))
);
CREATE TRIGGER audit_log_continues BEFORE INSERT ON public.audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_continue();
CREATE TRIGGER audit_log_only_added_to BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse();

create table campaign (
  system text not null,
  id text not null,
  name text not null,
  state text not null,
  at timestamp with time zone,
  includes jsonb not null,
  excludes jsonb not null,
  first_seen timestamp with time zone not null,
  last_seen timestamp with time zone not null,
  campaign_pkey PRIMARY KEY (system, id),
  campaign_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'scheduled'::text, 'sending'::text, 'sent'::text, 'cancelled'::text])))
);

create table change (
  plan_id integer not null,
  n integer not null,
  system text not null,
  audience text not null,
  person bytea not null,
  op text not null,
  attribute text,
  before json not null,
  rule text not null,
  reversible boolean not null,
  evidence json,
  sealed text not null,
  change_pkey PRIMARY KEY (plan_id, n),
  change_op_check CHECK ((op = ANY (ARRAY['suppress'::text, 'remove'::text, 'add'::text, 'set'::text]))),
  change_person_check CHECK ((octet_length(person) = 16)),
  change_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plan(id)
);

create table check_result (
  run_id text not null,
  at timestamp with time zone not null,
  check_name text not null,
  audience text,
  system text not null,
  status text not null,
  because text,
  findings jsonb not null default '[]'::jsonb,
  check_result_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id),
  check_result_status_check CHECK ((status = ANY (ARRAY['pass'::text, 'fail'::text, 'skip'::text])))
);
CREATE INDEX check_result_run ON public.check_result USING btree (run_id);
CREATE INDEX check_result_segment ON public.check_result USING btree (system, audience, at DESC);

create table comparison (
  run_id text not null,
  audience text not null,
  as_of timestamp with time zone not null,
  owner text not null,
  systems jsonb not null,
  masks jsonb not null,
  per_system jsonb not null,
  cant_tell jsonb not null,
  people jsonb,
  comparison_pkey PRIMARY KEY (audience, as_of, run_id),
  comparison_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id)
);

create table config_version (
  version integer not null generated always as identity,
  at timestamp with time zone not null,
  hash text not null,
  changes jsonb not null,
  config_version_pkey PRIMARY KEY (version)
);

create table delivery (
  system text not null,
  audience text,
  campaign text,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  sent bigint,
  delivered bigint,
  bounced bigint,
  complained bigint,
  unsubscribed bigint,
  seen_at timestamp with time zone not null
);
CREATE INDEX delivery_audience ON public.delivery USING btree (audience, system);

create table gate_check (
  system text not null,
  campaign text not null,
  send_at timestamp with time zone not null,
  minutes_before integer not null,
  checked_at timestamp with time zone not null,
  verdict text not null,
  people integer,
  reasons jsonb not null,
  gate_check_pkey PRIMARY KEY (system, campaign, send_at, minutes_before),
  gate_check_minutes_before_check CHECK ((minutes_before > 0)),
  gate_check_verdict_check CHECK ((verdict = ANY (ARRAY['go'::text, 'no_go'::text, 'cant_tell'::text])))
);

create table incident (
  id integer not null generated always as identity (start with 1001),
  fingerprint text not null,
  state text not null,
  severity text not null,
  finding jsonb not null,
  opened_at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  resolved_at timestamp with time zone,
  snoozed_until timestamp with time zone,
  owner text,
  peak bigint,
  run_id text not null,
  version integer not null default 1,
  marked_false_at timestamp with time zone,
  incident_pkey PRIMARY KEY (id),
  incident_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id),
  incident_severity_check CHECK ((severity = ANY (ARRAY['act'::text, 'look'::text]))),
  incident_state_check CHECK ((state = ANY (ARRAY['open'::text, 'acknowledged'::text, 'snoozed'::text, 'resolved'::text, 'regressed'::text])))
);
CREATE INDEX incident_fingerprint ON public.incident USING btree (fingerprint, id DESC);
CREATE UNIQUE INDEX incident_live ON public.incident USING btree (fingerprint) WHERE (state <> 'resolved'::text);
CREATE INDEX incident_state ON public.incident USING btree (state, severity);

create table incident_event (
  incident_id integer not null,
  at timestamp with time zone not null,
  kind text not null,
  actor text not null,
  text text not null,
  seq bigint not null generated always as identity,
  incident_event_pkey PRIMARY KEY (seq),
  incident_event_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident(id)
);
CREATE INDEX incident_event_incident ON public.incident_event USING btree (incident_id, seq);

create table job_run (
  job text not null,
  fire_time timestamp with time zone not null,
  state text not null default 'waiting'::text,
  holder text,
  lease_until timestamp with time zone,
  attempts integer not null default 0,
  ended_at timestamp with time zone,
  error text,
  job_run_pkey PRIMARY KEY (job, fire_time),
  job_run_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text])))
);

create table journal (
  seq bigint not null generated always as identity,
  plan_id integer not null,
  n integer not null,
  phase text not null,
  fence bigint not null,
  at timestamp with time zone not null,
  end_state text,
  because text,
  undo_sealed text,
  journal_pkey PRIMARY KEY (seq),
  journal_check CHECK (((phase = 'outcome'::text) = (end_state IS NOT NULL))),
  journal_end_state_check CHECK ((end_state = ANY (ARRAY['applied'::text, 'already_so'::text, 'skipped_consent'::text, 'skipped_drift'::text, 'failed'::text, 'unknown'::text]))),
  journal_phase_check CHECK ((phase = ANY (ARRAY['intent'::text, 'outcome'::text]))),
  journal_plan_id_n_fkey FOREIGN KEY (plan_id, n) REFERENCES change(plan_id, n)
);
CREATE INDEX journal_at ON public.journal USING btree (at);
CREATE INDEX journal_change ON public.journal USING btree (plan_id, n);
CREATE UNIQUE INDEX journal_one_end ON public.journal USING btree (plan_id, n) WHERE (phase = 'outcome'::text);

create table meta (
  key text not null,
  value text not null,
  meta_pkey PRIMARY KEY (key)
);

create table migration (
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null,
  migration_pkey PRIMARY KEY (name)
);

create table outbox (
  id bigint not null generated always as identity,
  incident_id integer not null,
  kind text not null,
  at timestamp with time zone not null,
  attempts integer not null default 0,
  last_error text,
  outbox_pkey PRIMARY KEY (id),
  outbox_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident(id)
);

create table overlap (
  run_id text not null,
  system text not null,
  audiences jsonb not null,
  masks jsonb not null,
  settled jsonb not null,
  overlap_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id)
);
CREATE INDEX overlap_run ON public.overlap USING btree (run_id, system);

create table person_ref (
  ref text not null,
  kind text not null,
  known_as text,
  salt text,
  sealed text,
  created_at timestamp with time zone not null,
  erased_at timestamp with time zone,
  person_ref_pkey PRIMARY KEY (ref),
  person_ref_check CHECK (((erased_at IS NULL) = (known_as IS NOT NULL))),
  person_ref_check1 CHECK (((known_as IS NULL) = (salt IS NULL))),
  person_ref_check2 CHECK (((sealed IS NULL) OR (erased_at IS NULL))),
  person_ref_kind_check CHECK ((kind = ANY (ARRAY['staff'::text, 'member'::text]))),
  person_ref_kind_known_as_key UNIQUE (kind, known_as)
);

create table plan (
  id integer not null generated always as identity (start with 81),
  hash text not null,
  state text not null,
  audience text not null,
  incident_id integer,
  undoes integer,
  author text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  doc json not null,
  guards jsonb not null,
  need text not null,
  stop_requested_by text,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  because text,
  plan_pkey PRIMARY KEY (id),
  plan_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident(id),
  plan_need_check CHECK ((need = ANY (ARRAY['author'::text, 'second_person'::text, 'refused'::text]))),
  plan_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'checked'::text, 'approved'::text, 'applying'::text, 'verifying'::text, 'done'::text, 'stopped'::text, 'expired'::text, 'refused'::text, 'stale'::text]))),
  plan_undoes_fkey FOREIGN KEY (undoes) REFERENCES plan(id)
);

create table plan_lease (
  plan_id integer not null,
  holder text not null,
  fence bigint not null,
  expires_at timestamp with time zone not null,
  plan_lease_pkey PRIMARY KEY (plan_id),
  plan_lease_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plan(id)
);

create table plan_review (
  plan_id integer not null,
  person text not null,
  at timestamp with time zone not null,
  plan_review_pkey PRIMARY KEY (plan_id),
  plan_review_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plan(id)
);

create table report (
  week text not null,
  created_at timestamp with time zone not null,
  content jsonb not null,
  report_pkey PRIMARY KEY (week)
);

create table report_sent (
  recipient_hash text not null,
  week text not null,
  at timestamp with time zone not null,
  report_sent_pkey PRIMARY KEY (recipient_hash, week)
);

create table run (
  id text not null,
  kind text not null,
  trigger text not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  state text not null default 'running'::text,
  summary jsonb not null default '{}'::jsonb,
  run_pkey PRIMARY KEY (id),
  run_kind_check CHECK ((kind = ANY (ARRAY['audit'::text, 'readback'::text, 'report'::text]))),
  run_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'failed'::text, 'interrupted'::text]))),
  run_trigger_check CHECK ((trigger = ANY (ARRAY['scheduled'::text, 'manual'::text, 'readback'::text])))
);
CREATE INDEX run_started ON public.run USING btree (started_at DESC);

create table segment_definition (
  audience text not null,
  system text not null,
  version integer not null,
  name text not null,
  definition text not null,
  hash text not null,
  first_seen timestamp with time zone not null,
  last_seen timestamp with time zone not null,
  changed_at timestamp with time zone,
  segment_definition_pkey PRIMARY KEY (audience, system, version),
  segment_definition_version_check CHECK ((version > 0))
);

create table size_override (
  plan_id integer not null,
  hash text not null,
  person text not null,
  at timestamp with time zone not null,
  reason text not null,
  used_at timestamp with time zone,
  size_override_pkey PRIMARY KEY (plan_id),
  size_override_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plan(id)
);

create table slack_message (
  incident_id integer not null,
  channel text not null,
  ts text not null,
  generation integer not null,
  version integer not null,
  slack_message_pkey PRIMARY KEY (incident_id),
  slack_message_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident(id)
);

create table slack_post (
  incident_id integer not null,
  at timestamp with time zone not null,
  slack_post_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident(id)
);
CREATE INDEX slack_post_at ON public.slack_post USING btree (at DESC);

create table snapshot (
  id text not null,
  run_id text not null,
  audience text,
  system text not null,
  ordinal integer,
  trigger text not null,
  as_of timestamp with time zone not null,
  taken_at timestamp with time zone not null,
  coverage text not null,
  because text not null,
  failure text,
  metrics jsonb not null,
  attributes jsonb not null,
  fields jsonb not null,
  set_file text,
  epoch integer not null,
  distributions jsonb not null default '{}'::jsonb,
  snapshot_pkey PRIMARY KEY (id),
  snapshot_coverage_check CHECK ((coverage = ANY (ARRAY['complete'::text, 'partial'::text, 'unusable'::text]))),
  snapshot_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id)
);
CREATE UNIQUE INDEX snapshot_ordinal ON public.snapshot USING btree (system, COALESCE(audience, ''::text), epoch, ordinal) WHERE (ordinal IS NOT NULL);
CREATE INDEX snapshot_segment ON public.snapshot USING btree (system, audience, taken_at DESC);

create table stream_state (
  audience text,
  system text not null,
  stream text not null,
  last_at timestamp with time zone not null,
  state jsonb not null
);
CREATE UNIQUE INDEX stream_state_key ON public.stream_state USING btree (COALESCE(audience, ''::text), system, stream);

create table sync_run (
  job text not null,
  id text not null,
  state text not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  rows_read bigint,
  rows_written bigint,
  rows_failed bigint,
  received_at timestamp with time zone not null,
  sync_run_pkey PRIMARY KEY (job, id),
  sync_run_check CHECK ((ended_at >= started_at)),
  sync_run_rows_failed_check CHECK ((rows_failed >= 0)),
  sync_run_rows_read_check CHECK ((rows_read >= 0)),
  sync_run_rows_written_check CHECK ((rows_written >= 0)),
  sync_run_state_check CHECK ((state = ANY (ARRAY['running'::text, 'succeeded'::text, 'failed'::text])))
);
CREATE INDEX sync_run_started ON public.sync_run USING btree (job, started_at DESC);

create table system_facts (
  system text not null,
  read_at timestamp with time zone not null,
  automations jsonb,
  changes jsonb,
  notes jsonb not null,
  system_facts_pkey PRIMARY KEY (system)
);

create table write_switch (
  seq bigint not null generated always as identity,
  system text not null,
  enabled boolean not null,
  at timestamp with time zone not null,
  person text not null,
  reason text not null,
  write_switch_pkey PRIMARY KEY (seq)
);
CREATE INDEX write_switch_system ON public.write_switch USING btree (system, seq DESC);
