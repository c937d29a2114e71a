-- What was said about a planned send, 60 and 15 minutes before it: once for each, whoever asks.

create table gate_check (
  system text not null,
  -- the vendor's id; of a send of the calendar its name
  campaign text not null,
  send_at timestamptz not null,
  minutes_before integer not null check (minutes_before > 0),
  checked_at timestamptz not null,
  verdict text not null check (verdict in ('go', 'no_go', 'cant_tell')),
  -- who must not get it and would; null: cannot tell
  people integer,
  reasons jsonb not null,
  primary key (system, campaign, send_at, minutes_before)
);
