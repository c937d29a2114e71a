import type { Instant, PersonKey } from "../core/model.ts";
import type { ListRef, Touched } from "../core/repair.ts";
import type { Sql } from "./database.ts";

type Row = { person: PersonKey; listed: boolean; added: boolean; suppressed: boolean };

/**
 * People on one list whom a change had, or may have had, an effect on since `since`: applied, unknown and in doubt.
 * What may have happened counts as if it had, of every plan, whatever became of it. The list is the audience's in that
 * system, or the same list of the vendor under another audience, or under a name the audience had before.
 */
export async function touchedSince(db: Sql, list: ListRef, since: Instant): Promise<Touched> {
  const { rows } = await db.query<Row>(
    `with journaled as (
      select plan_id, n, max(end_state) as end_state from journal where at >= $3 group by plan_id, n
    )
    select encode(change.person, 'hex') as person, bool_or(change.op <> 'suppress') as listed, bool_or(change.op = 'add') as added,
      bool_or(change.op = 'suppress') as suppressed
    from journaled join change using (plan_id, n) join plan on plan.id = change.plan_id
    where change.system = $2 and (change.audience = $1 or plan.doc -> 'lists' ->> $2 = $4)
      and coalesce(journaled.end_state, 'unknown') in ('applied', 'unknown')
    group by change.person`,
    [list.audience, list.system, since, list.list],
  );
  const who = (is: (row: Row) => boolean) => new Set(rows.filter(is).map((row) => row.person));
  return { listed: who((r) => r.listed), added: who((r) => r.added), suppressed: who((r) => r.suppressed) };
}
