import { mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Audience } from "../../core/config.ts";
import { isKind } from "../../core/errors.ts";
import { instant, type RunId } from "../../core/model.ts";
import { carryAgreed } from "../../members/agree.ts";
import { type AgreedState, openAgreed } from "../../members/agreed-file.ts";
import { openSet } from "../../members/member-set.ts";
import { isDamaged } from "../../members/previous-set.ts";
import { type AgreedRow, getAgreedState } from "../../store/get-agreed-state.ts";
import { putAgreedState } from "../../store/put-agreed-state.ts";
import type { App } from "../app.ts";
import { compareInput, type Readings, unreadLists } from "./compare-audience.ts";
import { removeSetFiles } from "./set-files.ts";

/** No audience's id begins like this, so the folder is never that of a copy. */
const AGREED_FOLDER = "_agreed@";
const agreedPath = (audience: Audience, run: RunId) =>
  join("sets", `${AGREED_FOLDER}${audience.id}`, `${run}.pls`);

/** Is this file of the folder `sets` what was last agreed, and not a set? */
export const isAgreedFile = (path: string): boolean => basename(dirname(path)).startsWith(AGREED_FOLDER);

/**
 * What owner and copies of the audience last agreed on; null: nothing is kept, or the file is gone, damaged or of
 * another secret. Then nobody can tell what was added and what was taken away, and nothing is guessed.
 *
 * @param open `openSet` where it may turn out to be damaged later
 */
export async function openAgreedOf(
  app: App,
  audience: Audience,
  open?: typeof openSet,
): Promise<AgreedState | null> {
  const row = await getAgreedState(app.db, audience.id);
  if (row === null || row.epoch !== app.epoch) return null;
  try {
    return await openAgreed(join(app.dataDir, row.setFile), open);
  } catch (error) {
    if (!isKind(error, "bad_data", "not_found")) throw error;
    warnUnreadable(app, audience, error);
    return null;
  }
}

const warnUnreadable = (app: App, audience: Audience, error: Error): void =>
  app.log.warn("agreed.unreadable", { audience: audience.id, because: error.message });

/**
 * Carries the last agreed state of an audience on over the readings of this run. Copies that were not read completely
 * teach nothing; without the owner, or without a list that keeps people out, nobody does: it would look as if those
 * people belonged everywhere.
 *
 * The new file is on the disk before its row, and the old one goes after that: a crash leaves at most a file that the
 * sweep removes.
 */
export async function carryAgreedOf(
  app: App,
  runId: RunId,
  audience: Audience,
  readings: Readings,
): Promise<void> {
  const { input } = compareInput(app, audience, readings);
  if (input === null || unreadLists(app, audience, readings).length > 0) return;
  const before = await getAgreedState(app.db, audience.id);
  const last = await openAgreedOf(app, audience, openSet);
  try {
    const setFile = agreedPath(audience, runId);
    const file = join(app.dataDir, setFile);
    await mkdir(dirname(file), { recursive: true });
    const copies = audience.segments.flatMap((s) => (s.system === audience.owner ? [] : [s.system]));
    const o = { file, runId, copies };
    await carryAgreed(input, last, o).catch((error: unknown) => {
      // proving it beforehand would read all of it once more, and it is hardly ever so
      if (!isDamaged(last, error)) throw error;
      warnUnreadable(app, audience, error);
      return carryAgreed(input, null, o);
    });
    await keepRow(app, before, {
      audience: audience.id,
      runId,
      carriedAt: instant(app.clock.now()),
      epoch: app.epoch,
      setFile,
    });
  } finally {
    await last?.close();
  }
}

async function keepRow(app: App, before: AgreedRow | null, now: AgreedRow): Promise<void> {
  await putAgreedState(app.db, now);
  if (before !== null && before.setFile !== now.setFile) await removeSetFiles(app.dataDir, [before.setFile]);
}
