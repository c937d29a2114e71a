import { readdir, rm } from "node:fs/promises";
import { extname, join } from "node:path";
import { isKind } from "../../core/errors.ts";
import type { PersonKey } from "../../core/model.ts";
import { eraseFromSet, eraseFromSpool } from "../../members/erase-people.ts";
import type { App } from "../app.ts";
import { isAgreedFile } from "../audit/agreed.ts";

export type MemberFiles = { readonly sets: readonly string[]; readonly spools: readonly string[] };

export type FileCounts = {
  /** Files that one of the people was in. */
  sets: number;
  agreed: number;
  spools: number;
  /** Files that cannot be searched: damaged ones, and sets of an older secret. */
  unsearched: number;
};

/**
 * Every file that can hold a member, whether a reading still knows it or not. What a killed process left half-written is
 * removed at once: nobody reads now.
 */
export async function memberFiles(dataDir: string): Promise<MemberFiles> {
  const sets: string[] = [];
  const spools: string[] = [];
  for (const path of await filesBelow(join(dataDir, "sets"))) {
    if (path.endsWith(".tmp")) await rm(path, { force: true });
    else if (extname(path) === ".pls") sets.push(path);
    else if (extname(path) === ".spool") spools.push(path);
  }
  return { sets: sets.sort(), spools: spools.sort() };
}

async function filesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
  } catch (e) {
    // nothing was ever read
    if (e instanceof Error && "code" in e && e.code === "ENOENT") return [];
    throw e;
  }
}

export async function eraseFromSets(
  app: App,
  files: readonly string[],
  people: readonly PersonKey[],
  counts: FileCounts,
): Promise<void> {
  for (const path of files) {
    const kind = isAgreedFile(path) ? "agreed" : "set";
    const found = await searched(() => eraseFromSet(path, kind, app.epoch, people));
    if (found === null) counts.unsearched++;
    else if (found > 0) counts[kind === "set" ? "sets" : "agreed"]++;
  }
}

export async function eraseFromSpools(
  app: App,
  files: readonly string[],
  people: readonly PersonKey[],
  counts: FileCounts,
): Promise<void> {
  for (const path of files) {
    const found = await searched(() => eraseFromSpool(path, app.keys, people, app.random));
    if (found === null) counts.unsearched++;
    else if (found > 0) counts.spools++;
  }
}

/** null: the file is damaged. One that is gone had to go anyway. */
async function searched(work: () => Promise<number | null>): Promise<number | null> {
  try {
    return await work();
  } catch (error) {
    if (isKind(error, "not_found")) return 0;
    if (isKind(error, "bad_data")) return null;
    throw error;
  }
}
