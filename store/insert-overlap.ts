import type { Overlap } from "../core/comparison.ts";
import type { Sql } from "./database.ts";
import { toJson } from "./storable.ts";

export async function insertOverlap(db: Sql, o: Overlap): Promise<void> {
  await db.query(
    "insert into overlap (run_id, system, audiences, masks, settled) values ($1, $2, $3, $4, $5)",
    [o.runId, o.system, toJson(o.audiences), toJson(o.masks), toJson(o.settled)],
  );
}
