import { at as failpoint } from "../config/failpoint.ts";
import { AuditorError } from "../core/errors.ts";
import type { ApprovalNeed, GuardVerdict, Plan, PlanDoc } from "../core/repair.ts";
import type { Database } from "./database.ts";
import { insertChanges } from "./insert-changes.ts";
import { insertPlan } from "./insert-plan.ts";
import { assemble } from "./plan-row.ts";
import { isStorable } from "./storable.ts";

const PERSON = /^[0-9a-f]{32}$/;

/**
 * Keeps a plan as a draft, all of it or nothing.
 *
 * @throws AuditorError bad_data: the document holds what Postgres cannot give back unchanged (its hash could never
 *   be checked again), or a change is not numbered by its place, or names a person by anything but a key
 */
export async function createPlan(
  db: Database,
  doc: PlanDoc,
  hash: string,
  guards: readonly GuardVerdict[],
  need: ApprovalNeed,
): Promise<Plan> {
  const wrong = doc.changes.findIndex((change, i) => change.n !== i || !PERSON.test(change.person));
  if (wrong !== -1) {
    throw new AuditorError(
      "bad_data",
      `change ${wrong} of a plan`,
      "its number is not its place, or its person is not a key",
      "draft the plan again",
    );
  }
  if (!isStorable(doc)) {
    throw new AuditorError(
      "bad_data",
      "plan",
      "a text in it holds a NUL or half a character",
      "remove it from the names in the configuration, then draft again",
    );
  }
  return db.tx(async (sql) => {
    const row = await insertPlan(sql, doc, hash, guards, need);
    failpoint("plan.row_inserted");
    await insertChanges(sql, row.id, doc.changes);
    failpoint("plan.changes_inserted");
    return assemble(row, doc.changes, []);
  });
}
