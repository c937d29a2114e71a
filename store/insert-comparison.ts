import type { Comparison } from "../core/comparison.ts";
import type { Sql } from "./database.ts";
import { toJson } from "./storable.ts";

export async function insertComparison(db: Sql, c: Comparison): Promise<void> {
  await db.query(
    "insert into comparison (run_id, audience, as_of, owner, systems, masks, per_system, cant_tell, people) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    [
      c.runId,
      c.audience,
      c.asOf,
      c.owner,
      toJson(c.systems),
      toJson(c.masks),
      toJson(c.perSystem),
      toJson(c.cantTell),
      c.people == null ? null : toJson(c.people),
    ],
  );
}
