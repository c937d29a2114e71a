import type { AudienceId, PersonKey, SystemId } from "../core/model.ts";
import type { Change, Op } from "../core/repair.ts";
import type { Sql } from "./database.ts";

export type ChangeFilter = {
  readonly op?: Op;
  readonly system?: SystemId;
  readonly audience?: AudienceId;
  readonly limit?: number;
  readonly offset?: number;
};

/** Changes of a plan in their order; by default all of them. */
export async function changesOfPlan(
  db: Sql,
  planId: number,
  filter: ChangeFilter = {},
): Promise<readonly Change[]> {
  const { rows } = await db.query<Change & { person: PersonKey } & Record<string, unknown>>(
    `select n, system, audience, encode(person, 'hex') as person, op, attribute, before, rule, reversible, evidence, sealed from change
    where plan_id = $1 and ($2::text is null or op = $2) and ($3::text is null or system = $3) and ($4::text is null or audience = $4)
    order by n limit $5 offset $6`,
    [
      planId,
      filter.op ?? null,
      filter.system ?? null,
      filter.audience ?? null,
      filter.limit ?? null,
      filter.offset ?? 0,
    ],
  );
  return rows;
}
