-- The log of who did what becomes a chain: every entry carries the hash of the one before it and its own, so that an
-- edit, a gap or another order shows. The form that is hashed is in docs/audit-log.md.

-- People stand in the log under a reference, which this table alone can resolve and may forget. `ref` is a hash over
-- salt, kind and known_as: another name under the same reference is found as long as it is not erased.
create table person_ref (
  ref text primary key,
  kind text not null check (kind in ('staff', 'member')),
  known_as text,
  salt text,
  sealed text,
  created_at timestamptz not null,
  erased_at timestamptz,
  unique (kind, known_as),
  check ((erased_at is null) = (known_as is not null)),
  check ((known_as is null) = (salt is null)),
  check (sealed is null or erased_at is null)
);

alter table audit_log rename to audit_log_before;
alter table audit_log_before rename constraint audit_log_pkey to audit_log_before_pkey;

create table audit_log (
  seq bigint primary key check (seq > 0),
  at timestamptz not null,
  actor text not null,
  action text not null,
  object text not null,
  -- json, not jsonb: the text as it was hashed
  detail json not null,
  prev text not null unique check (prev ~ '^[0-9a-f]{64}$'),
  hash text not null check (hash ~ '^[0-9a-f]{64}$')
);

insert into person_ref (ref, kind, known_as, salt, created_at)
select 'person:' || left(encode(sha256(convert_to(salt || ':staff:' || name, 'UTF8')), 'hex'), 32), 'staff', name, salt, since
from (
  select actor as name, min(at) as since, replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '') as salt
  from audit_log_before where actor not in ('local', 'plumbline', 'demo') group by actor
) as people;

create function audit_log_canonical(value jsonb) returns text language plpgsql as $$
begin
  if jsonb_typeof(value) = 'object' then
    return '{' || coalesce((select string_agg(to_json(e.key)::text || ':' || audit_log_canonical(e.value), ',' order by e.key collate "C") from jsonb_each(value) as e), '') || '}';
  elsif jsonb_typeof(value) = 'array' then
    return '[' || coalesce((select string_agg(audit_log_canonical(e.item), ',' order by e.n) from jsonb_array_elements(value) with ordinality as e(item, n)), '') || ']';
  end if;
  return value::text;
end $$;

-- Rows from before keep their order and are numbered anew: nothing named them by number, and failed transactions had
-- left holes.
do $$
declare
  old record;
  n bigint := 0;
  before text := repeat('0', 64);
  kept text;
  moment text;
  own text;
begin
  for old in
    select l.*, coalesce(p.ref, l.actor) as who
    from audit_log_before as l left join person_ref as p on p.kind = 'staff' and p.known_as = l.actor order by l.seq
  loop
    n := n + 1;
    kept := audit_log_canonical(old.detail);
    moment := regexp_replace(to_char(old.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '000Z$', 'Z');
    own := encode(sha256(convert_to(
      '{"action":' || to_json(old.action)::text || ',"actor":' || to_json(old.who)::text || ',"at":"' || moment
      || '","detail":' || kept || ',"object":' || to_json(old.object)::text || ',"prev":"' || before || '","seq":' || n || '}',
      'UTF8')), 'hex');
    insert into audit_log values (n, old.at, old.who, old.action, old.object, kept::json, before, own);
    before := own;
  end loop;
end $$;

drop function audit_log_canonical(jsonb);
drop table audit_log_before;

-- Against mistakes, and against everybody but the owner of the tables. Against the owner there are the chain and its
-- anchors.
create function audit_log_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'audit_log is only ever added to' using errcode = '42501';
end $$;
create trigger audit_log_only_added_to before update or delete or truncate on audit_log
  for each statement execute function audit_log_refuse();

create function audit_log_continue() returns trigger language plpgsql as $$
declare
  head record;
begin
  -- by the trigger's own table: a temporary one of the same name would come first in the search path
  execute format('select seq, hash from %I.%I order by seq desc limit 1', tg_table_schema, tg_table_name) into head;
  if new.seq <> coalesce(head.seq, 0) + 1 or new.prev <> coalesce(head.hash, repeat('0', 64)) then
    raise exception 'an entry of audit_log must continue the chain' using errcode = '23514';
  end if;
  return new;
end $$;
create trigger audit_log_continues before insert on audit_log for each row execute function audit_log_continue();
