import type { Instant } from "../core/model.ts";
import type { Sql } from "./database.ts";

/** Runs that a killed process left: started before `startedBefore` and never ended. Answers how many. */
export async function interruptRuns(db: Sql, startedBefore: Instant, at: Instant): Promise<number> {
  const { count } = await db.query(
    "update run set state = 'interrupted', ended_at = $2 where state = 'running' and started_at < $1",
    [startedBefore, at],
  );
  return count;
}
