import type { CheckResult } from "../core/finding.ts";
import type { AudienceId, Instant, RunId, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { outcomeOf, type ResultRow } from "./results-of-run.ts";

/** What the checks said of one audience, or of a whole system, and when. */
export type LatestResults = {
  readonly runId: RunId;
  readonly at: Instant;
  readonly results: readonly CheckResult[];
};

/** Of the last audit that came to its end; null: none did, or it did not know this audience yet. */
export async function latestResults(
  db: Sql,
  audience: AudienceId,
  systems: readonly SystemId[],
): Promise<LatestResults | null> {
  const { rows } = await db.query<ResultRow & { readonly runId: RunId; readonly at: Instant }>(
    `select run_id as "runId", at, check_name as check, audience, system, status, because, findings from check_result
    where run_id = (select id from run where kind = 'audit' and state = 'done' order by started_at desc, id desc limit 1)
      and (audience = $1 or audience is null) and system = any($2)
    order by audience nulls last, system, check_name`,
    [audience, systems],
  );
  const [first] = rows;
  if (first === undefined) return null;
  const results = rows.map((row) => ({
    check: row.check,
    audience: row.audience,
    system: row.system,
    outcome: outcomeOf(row),
  }));
  return { runId: first.runId, at: first.at, results };
}
