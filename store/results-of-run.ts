import type { CheckName, CheckResult, Finding, Outcome, SkipReason } from "../core/finding.ts";
import type { AudienceId, RunId, SystemId } from "../core/model.ts";
import type { Sql } from "./database.ts";

export type ResultRow = {
  check: CheckName;
  audience: AudienceId | null;
  system: SystemId;
  status: Outcome["status"];
  because: SkipReason | null;
  findings: readonly Finding[];
};

/** Everything that the checks said in one run. */
export async function resultsOfRun(db: Sql, runId: RunId): Promise<readonly CheckResult[]> {
  const { rows } = await db.query<ResultRow>(
    `select check_name as check, audience, system, status, because, findings from check_result
    where run_id = $1 order by audience nulls last, system, check_name`,
    [runId],
  );
  return rows.map((row) => ({
    check: row.check,
    audience: row.audience,
    system: row.system,
    outcome: outcomeOf(row),
  }));
}

export function outcomeOf(row: ResultRow): Outcome {
  const [first, ...rest] = row.findings;
  if (row.status === "fail" && first !== undefined) return { status: "fail", findings: [first, ...rest] };
  if (row.status === "skip") return { status: "skip", because: row.because ?? "no_data" };
  return { status: "pass" };
}
