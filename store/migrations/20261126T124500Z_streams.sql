-- People per value of each counted attribute; rare values are pooled before they come here.
alter table snapshot add column distributions jsonb not null default '{}';

-- What a stream of metrics or distributions remembers between readings: made anew from the snapshots when it is gone.
create table stream_state (
  audience text,
  system text not null,
  stream text not null,
  last_at timestamptz not null,
  state jsonb not null
);
create unique index stream_state_key on stream_state (coalesce(audience, ''), system, stream);
