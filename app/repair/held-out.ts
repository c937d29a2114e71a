import type { Audience } from "../../core/config.ts";
import type { PersonKey } from "../../core/model.ts";
import { presentIn } from "../../members/present-in.ts";
import type { App } from "../app.ts";
import { audienceOf } from "../audit/judge.ts";
import { openSetOf } from "../audit/set-files.ts";

const LOOK_BACK = 16;

/**
 * Who of these people is in the audience's holdout, by the owner's latest complete reading of it. null: nobody can tell
 * (never read completely, its set is gone, or it knows people by another identifier). Empty where nobody is held out.
 */
export async function heldOutAmong(
  app: App,
  audience: Audience,
  people: readonly PersonKey[],
): Promise<ReadonlySet<PersonKey> | null> {
  if (audience.holdout === null || people.length === 0) return new Set();
  const list = audienceOf(app, audience.holdout);
  if (list === null || list.identity !== audience.identity) return null;
  const latest = (await app.audits.snapshots(list.id, list.owner, LOOK_BACK)).findLast(
    (s) => s.coverage === "complete" && s.epoch === app.epoch,
  );
  const set = await openSetOf(app.dataDir, latest ?? null);
  if (set === null) return null;
  try {
    return await presentIn(set, people);
  } finally {
    await set.close();
  }
}
