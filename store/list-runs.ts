import type { Coverage, Instant } from "../core/model.ts";
import type { Database } from "./database.ts";

export type RunRead = {
  system: string;
  /** null: the system's base. */
  audience: string | null;
  coverage: Coverage;
  because: string;
  /** Persons; null: not known. */
  size: number | null;
};
export type RunRow = {
  id: string;
  kind: string;
  trigger: string;
  startedAt: Instant;
  endedAt: Instant | null;
  state: string;
  reads: RunRead[];
};

/** Newest first, each with its readings. */
export async function listRuns(db: Pick<Database, "query">, limit: number): Promise<RunRow[]> {
  const { rows } = await db.query<RunRow>(
    `select run.id, run.kind, run.trigger, run.started_at as "startedAt", run.ended_at as "endedAt", run.state,
      coalesce(jsonb_agg(jsonb_build_object(
        'system', snapshot.system, 'audience', snapshot.audience, 'coverage', snapshot.coverage, 'because', snapshot.because,
        'size', snapshot.metrics #> '{size,numerator}'
      ) order by snapshot.system, snapshot.audience nulls last) filter (where snapshot.id is not null), '[]') as reads
    from (select * from run order by started_at desc, id desc limit $1) run
    left join snapshot on snapshot.run_id = run.id
    group by run.id, run.kind, run.trigger, run.started_at, run.ended_at, run.state
    order by run.started_at desc, run.id desc`,
    [limit],
  );
  return [...rows];
}
