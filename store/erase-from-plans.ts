import { AuditorError } from "../core/errors.ts";
import type { Instant, PersonKey } from "../core/model.ts";
import type { PlanDoc, PlanState } from "../core/repair.ts";
import type { Database, Sql } from "./database.ts";

export type ErasedFromPlans = {
  /** Changes that told of them, and places among those left out. */
  readonly changes: number;
  readonly leftOut: number;
  /** Plans that they were in, ascending. */
  readonly plans: readonly number[];
  /** Of those, the ones that had not been carried out: they are stale now. */
  readonly stale: readonly number[];
};

type PlanOf = { id: number; state: PlanState; doc: PlanDoc };

/**
 * Takes people out of every plan. The row of a change stays, so that a plan's counts and the limits per day stay true; it
 * tells of nobody then: another key, an empty seal, no value and no time of before. What an undo would need is gone.
 * A plan that was not carried out becomes stale, and its hash no longer fits, so no approval of it holds.
 *
 * @param nobody 32 hex digits that are nobody's key
 * @param sealed what a change keeps sealed, of nobody
 * @throws AuditorError refused: one of these plans is being carried out
 */
export function eraseFromPlans(
  db: Database,
  people: readonly PersonKey[],
  o: { readonly at: Instant; readonly nobody: PersonKey; readonly sealed: string },
): Promise<ErasedFromPlans> {
  return db.tx(async (sql) => {
    const plans = await plansOf(sql, people);
    const busy = plans.find((p) => p.state === "applying" || p.state === "verifying");
    if (busy !== undefined)
      throw new AuditorError(
        "refused",
        `PL-${busy.id}`,
        "it is being carried out, and this person is in it",
        "wait for its end or stop it, then erase again",
      );
    const ids = plans.map((p) => p.id);
    await sql.query(
      `update journal set undo_sealed = null from change
      where journal.plan_id = change.plan_id and journal.n = change.n and change.plan_id = any($1)
        and encode(change.person, 'hex') = any($2)`,
      [ids, people],
    );
    const { count: changes } = await sql.query(
      `update change set person = decode($3, 'hex'), sealed = $4,
        before = json_build_object('inSegment', before -> 'inSegment', 'value', null, 'version', null),
        evidence = case when evidence is not null then json_build_object('system', evidence -> 'system', 'at', null) end
      where plan_id = any($1) and encode(person, 'hex') = any($2)`,
      [ids, people, o.nobody, o.sealed],
    );
    let leftOut = 0;
    for (const plan of plans) leftOut += await eraseFromDoc(sql, plan, new Set(people), o.nobody);
    const { rows } = await sql.query<{ id: number }>(
      `update plan set state = 'stale', because = 'a person in it was erased', ended_at = $2
      where id = any($1) and state in ('draft', 'checked', 'approved') returning id`,
      [ids, o.at],
    );
    return { changes, leftOut, plans: ids, stale: rows.map((r) => r.id).sort((a, b) => a - b) };
  });
}

/** Locked, so that none of them starts in between. */
async function plansOf(sql: Sql, people: readonly PersonKey[]): Promise<readonly PlanOf[]> {
  const { rows } = await sql.query<PlanOf>(
    `select id, state, doc from plan
    where id in (select plan_id from change where encode(person, 'hex') = any($1)) or doc::text like any($2)
    order by id for update`,
    [people, people.map((person) => `%${person}%`)],
  );
  return rows;
}

async function eraseFromDoc(
  sql: Sql,
  { id, doc }: PlanOf,
  people: ReadonlySet<PersonKey>,
  nobody: PersonKey,
): Promise<number> {
  const count = doc.leftOut.filter((l) => people.has(l.person)).length;
  if (count === 0) return 0;
  const leftOut = doc.leftOut.map(({ sealed, ...l }) => {
    if (people.has(l.person)) return { ...l, person: nobody };
    return sealed === undefined ? l : { ...l, sealed };
  });
  await sql.query("update plan set doc = $2 where id = $1", [id, JSON.stringify({ ...doc, leftOut })]);
  return count;
}
