import { readdir, rm, stat } from "node:fs/promises";
import { dirname, extname, join, relative, sep } from "node:path";

const OURS: ReadonlySet<string> = new Set([".pls", ".spool", ".tmp"]);

/**
 * Removes sets, spools and half-written files that no snapshot row knows: a crash between writing a file and
 * committing its row leaves them. Files of other kinds are never touched. A spool stays as long as its set does.
 *
 * @param setsFolder `<data>/sets`
 * @param known `setFile` of the snapshots, relative to the data folder (as the store keeps it) or to `setsFolder`
 * @param olderThan only files last changed before; replicas that share the folder may be writing one now
 * @returns what was removed, relative to `setsFolder`
 */
export async function sweepOrphans(
  setsFolder: string,
  known: ReadonlySet<string>,
  olderThan?: Date,
): Promise<string[]> {
  const removed: string[] = [];
  for (const path of await filesBelow(setsFolder)) {
    const extension = extname(path);
    if (!OURS.has(extension) || isKnown(path, setsFolder, known)) continue;
    const changed = await changedAt(path);
    if (changed === null || (olderThan !== undefined && changed >= olderThan)) continue;
    await rm(path, { force: true });
    removed.push(relative(setsFolder, path));
  }
  return removed.sort();
}

/** null: it is gone; another replica gave it its real name, or swept too. */
async function changedAt(path: string): Promise<Date | null> {
  try {
    return (await stat(path)).mtime;
  } catch (e) {
    if (e instanceof Error && "code" in e && e.code === "ENOENT") return null;
    throw e;
  }
}

const slashes = (path: string): string => path.split(sep).join("/");

function isKnown(path: string, setsFolder: string, known: ReadonlySet<string>): boolean {
  const set = path.endsWith(".spool") ? `${path.slice(0, -".spool".length)}.pls` : path;
  return [path, set].some(
    (p) =>
      known.has(p) ||
      known.has(slashes(relative(setsFolder, p))) ||
      known.has(slashes(relative(dirname(setsFolder), p))),
  );
}

async function filesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
  } catch (e) {
    // Nothing was ever written.
    if (e instanceof Error && "code" in e && e.code === "ENOENT") return [];
    throw e;
  }
}
