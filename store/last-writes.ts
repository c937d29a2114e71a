import type { Instant, PersonKey, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";

/**
 * When Plumbline itself last wrote to these people's records, of any audience: what may have happened counts as if it
 * had. Whoever compares the times of records must know which of them are our own doing.
 */
export async function lastWrites(
  db: Sql,
  systems: readonly SystemId[],
  since: Instant,
): Promise<ReadonlyMap<SystemId, ReadonlyMap<PersonKey, Instant>>> {
  const { rows } = await db.query<{ system: SystemId; person: PersonKey; at: Instant }>(
    `with journaled as (
      select plan_id, n, max(at) as at, max(end_state) as end_state from journal
      where at >= $2 group by plan_id, n
    )
    select change.system, encode(change.person, 'hex') as person, max(journaled.at) as at
    from journaled join change using (plan_id, n)
    where change.system = any($1) and coalesce(journaled.end_state, 'unknown') in ('applied', 'unknown')
    group by change.system, change.person`,
    [systems, since],
  );
  const found = new Map<SystemId, Map<PersonKey, Instant>>();
  for (const { system, person, at } of rows) {
    const people = found.get(system) ?? new Map<PersonKey, Instant>();
    found.set(system, people.set(person, at));
  }
  return found;
}
