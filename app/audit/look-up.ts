import { join } from "node:path";
import { isKind } from "../../core/errors.ts";
import type { PersonKey } from "../../core/model.ts";
import { openSpool, type SpooledRow } from "../../members/spool.ts";
import type { App } from "../app.ts";
import { spoolPath } from "./set-files.ts";

/** Sealed rows of these people from one reading; empty when that reading's rows are no longer kept. */
export async function lookUp(
  app: Pick<App, "dataDir" | "keys">,
  setFile: string | null | undefined,
  people: readonly PersonKey[],
): Promise<ReadonlyMap<PersonKey, SpooledRow>> {
  if (setFile == null) return new Map();
  try {
    const spool = await openSpool(join(app.dataDir, spoolPath(setFile)), app.keys);
    try {
      return await spool.lookup(people);
    } finally {
      await spool.close();
    }
  } catch (error) {
    if (isKind(error, "not_found")) return new Map();
    throw error;
  }
}
