import { unlink } from "node:fs/promises";
import { join } from "node:path";
import { isKind } from "../../core/errors.ts";
import type { AudienceId, Snapshot, SystemId } from "../../core/model.ts";
import { type MemberSet, openSet } from "../../members/member-set.ts";
import { thinForHistory } from "../../members/past.ts";

const segmentFolder = (audience: AudienceId | null, system: SystemId) => `${audience ?? "_base"}@${system}`;

/** Relative to the data folder; what the `snapshot` row keeps. */
export const setPath = (audience: AudienceId | null, system: SystemId, name: string) =>
  join("sets", segmentFolder(audience, system), `${name}.pls`);

/** Sealed rows of the same reading, beside the set. */
export const spoolPath = (setFile: string) => setFile.replace(/\.pls$/, ".spool");

/** null when the file is gone or damaged: then nobody can tell, and nothing is guessed. */
export async function openSetOf(
  dataDir: string,
  snapshot: Pick<Snapshot, "setFile"> | null,
): Promise<MemberSet | null> {
  if (snapshot?.setFile == null) return null;
  try {
    return await openSet(join(dataDir, snapshot.setFile));
  } catch (error) {
    if (isKind(error, "bad_data", "not_found")) return null;
    throw error;
  }
}

/** Deletes the files of readings that are no longer needed; a file already gone is fine. */
export async function removeSetFiles(dataDir: string, setFiles: readonly string[]): Promise<void> {
  for (const file of setFiles) {
    await forget(join(dataDir, file));
    await removeRows(dataDir, file);
  }
}

/** A set that nobody compares with any more, but that tells who was in at the readings before it. */
export async function keepForHistory(dataDir: string, setFile: string): Promise<void> {
  await removeRows(dataDir, setFile);
  try {
    await thinForHistory(join(dataDir, setFile));
  } catch (error) {
    // gone or damaged: then nobody can tell who was in, and that is said when it is asked
    if (!isKind(error, "bad_data", "not_found")) throw error;
  }
}

/** Deletes the sealed rows of a reading; its set stays. */
export const removeRows = (dataDir: string, setFile: string): Promise<void> =>
  forget(join(dataDir, spoolPath(setFile)));

async function forget(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
