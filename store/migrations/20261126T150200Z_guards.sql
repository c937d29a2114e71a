-- Writing to a system is off until an admin switches it on; who, when and why stay. The last word counts.
create table write_switch (
  seq bigint generated always as identity primary key,
  system text not null,
  enabled boolean not null,
  at timestamptz not null,
  person text not null,
  reason text not null
);
create index write_switch_system on write_switch (system, seq desc);

-- An admin let a plan through that was refused for its size: once, for the document with this hash.
create table size_override (
  plan_id integer primary key references plan (id),
  hash text not null,
  person text not null,
  at timestamptz not null,
  reason text not null,
  used_at timestamptz
);

-- Somebody else looked at suppressions that their author carried out alone.
create table plan_review (
  plan_id integer primary key references plan (id),
  person text not null,
  at timestamptz not null
);

-- Changes per system and operation that the approval covers at most. Null: approved before this was kept.
alter table approval add column most jsonb;
