import type { AudienceId, Instant, PersonKey, SystemId } from "../core/model.ts";
import type { Repaired } from "../core/repair.ts";
import type { Sql } from "./database.ts";

type RepairRow = { system: SystemId; person: PersonKey; attribute: string | null; at: Instant };

/**
 * Who of an audience was repaired three times or more since `since`, by person and place. What an undo has taken back
 * does not count: then it was we who put it back, not somebody else.
 */
export async function repairedSince(
  db: Sql,
  audience: AudienceId,
  since: Instant,
): Promise<readonly Repaired[]> {
  const { rows } = await db.query<RepairRow>(
    `with written as (
      select plan.id, plan.undoes, change.system, change.person, change.attribute, journal.at
      from journal join change using (plan_id, n) join plan on plan.id = change.plan_id
      where journal.at >= $2 and journal.phase = 'outcome' and journal.end_state = 'applied'
        and change.audience = $1 and change.op <> 'suppress'
    ), repairs as (
      select system, person, attribute, at, count(*) over (partition by system, person, attribute) as times
      from written repair
      where undoes is null and not exists (
        select 1 from written undo
        where undo.undoes = repair.id and undo.system = repair.system and undo.person = repair.person
          and undo.attribute is not distinct from repair.attribute
      )
    )
    select system, encode(person, 'hex') as person, attribute, at from repairs
    where times >= 3 order by system, person, attribute nulls first, at`,
    [audience, since],
  );
  const found: { -readonly [K in keyof Repaired]: K extends "at" ? Instant[] : Repaired[K] }[] = [];
  for (const { system, person, attribute, at } of rows) {
    const last = found.at(-1);
    if (last?.system === system && last.person === person && last.attribute === attribute) last.at.push(at);
    else found.push({ system, person, attribute, at: [at] });
  }
  return found;
}
