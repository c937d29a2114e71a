-- Which run the file of an audience belongs to that tells what owner and copies last agreed on.
create table agreed_state (
  audience text primary key,
  run_id text not null references run (id),
  carried_at timestamptz not null,
  epoch integer not null,
  set_file text not null
);
