-- How the audiences of one system overlap in one run. Several rows a system: one for each kind of identity, and for
-- each block of 16 audiences.
create table overlap (
  run_id text not null references run (id),
  system text not null,
  -- in the order of the mask's bits, lowest first
  audiences jsonb not null,
  -- presence mask (decimal) -> people
  masks jsonb not null,
  -- the same for people who were there in the reading before too
  settled jsonb not null
);
create index overlap_run on overlap (run_id, system);
