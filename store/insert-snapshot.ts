import { AuditorError } from "../core/errors.ts";
import type { Snapshot } from "../core/model.ts";
import type { Sql } from "./database.ts";
import { brokenConstraint } from "./database-error.ts";
import { toJson, toText } from "./storable.ts";

/** @throws AuditorError stale: another run already took this place in the segment's history */
export async function insertSnapshot(db: Sql, s: Snapshot): Promise<void> {
  try {
    await db.query(
      `insert into snapshot (id, run_id, audience, system, ordinal, trigger, as_of, taken_at, coverage, because, failure,
        metrics, attributes, fields, set_file, epoch, distributions)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
      [
        s.id,
        s.runId,
        s.audience,
        s.system,
        s.ordinal,
        s.trigger,
        s.asOf,
        s.takenAt,
        s.coverage,
        toText(s.because),
        s.failure,
        toJson(s.metrics),
        toJson(s.attributes),
        toJson(s.fields),
        s.setFile,
        s.epoch,
        toJson(s.distributions ?? {}),
      ],
    );
  } catch (error) {
    if (brokenConstraint(error) !== "snapshot_ordinal") throw error;
    throw new AuditorError(
      "stale",
      `${s.audience ?? "base"} in ${s.system}`,
      `reading ${s.ordinal} of this segment is there already`,
      "another audit ran at the same time; run it again",
      { cause: error },
    );
  }
}
