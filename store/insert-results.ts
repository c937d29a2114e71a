import type { CheckResult, Outcome } from "../core/finding.ts";
import type { Instant, RunId } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { toJson } from "./storable.ts";

const because = (o: Outcome): string | null => (o.status === "skip" ? o.because : null);
const findings = (o: Outcome): string => toJson(o.status === "fail" ? o.findings : []);

export async function insertResults(
  db: Sql,
  runId: RunId,
  at: Instant,
  results: readonly CheckResult[],
): Promise<void> {
  await db.query(
    `insert into check_result (run_id, at, check_name, audience, system, status, because, findings)
    select $1::text, $2::timestamptz, * from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[])`,
    [
      runId,
      at,
      results.map((r) => r.check),
      results.map((r) => r.audience),
      results.map((r) => r.system),
      results.map((r) => r.outcome.status),
      results.map((r) => because(r.outcome)),
      results.map((r) => findings(r.outcome)),
    ],
  );
}
