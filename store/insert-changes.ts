import type { Change } from "../core/repair.ts";
import type { Sql } from "./database.ts";

/** All changes of a plan in one statement: 27,000 take about half a second. */
export async function insertChanges(sql: Sql, planId: number, changes: readonly Change[]): Promise<void> {
  await sql.query(
    `insert into change (plan_id, n, system, audience, person, op, attribute, before, rule, reversible, evidence, sealed)
    select $1::int, n, system, audience, decode(person, 'hex'), op, attribute, before, rule, reversible, evidence, sealed
    from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::json[], $9::text[], $10::boolean[], $11::json[], $12::text[])
      as given (n, system, audience, person, op, attribute, before, rule, reversible, evidence, sealed)`,
    [
      planId,
      changes.map((c) => c.n),
      changes.map((c) => c.system),
      changes.map((c) => c.audience),
      changes.map((c) => c.person),
      changes.map((c) => c.op),
      changes.map((c) => c.attribute),
      changes.map((c) => JSON.stringify(c.before)),
      changes.map((c) => c.rule),
      changes.map((c) => c.reversible),
      changes.map((c) => (c.evidence === null ? null : JSON.stringify(c.evidence))),
      changes.map((c) => c.sealed),
    ],
  );
}
