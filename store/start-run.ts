import type { Instant, RunId, Snapshot } from "../core/model.ts";
import type { Sql } from "./database.ts";

export type RunKind = "audit" | "readback" | "report";

export async function startRun(
  db: Sql,
  id: RunId,
  kind: RunKind,
  trigger: Snapshot["trigger"],
  at: Instant,
): Promise<void> {
  await db.query("insert into run (id, kind, trigger, started_at) values ($1, $2, $3, $4)", [
    id,
    kind,
    trigger,
    at,
  ]);
}
