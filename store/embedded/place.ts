import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmod, lstat, mkdir, readFile, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AuditorError } from "../../core/errors.ts";
import { type Account, serverAccount } from "./account.ts";

/** Where a server keeps its things. `moved`: not inside the data folder, because the account cannot reach that. */
export type Place = {
  readonly root: string;
  readonly cluster: string;
  readonly account: Account;
  readonly moved: boolean;
};

const SHARED = "/var/tmp";

/** Tries it as that account, so that modes, ACLs and mounts all count. */
function reaches(account: Account, folder: string): boolean {
  if (account === null) return true;
  const { uid, gid } = account;
  return (
    spawnSync("/bin/sh", ["-c", 'cd "$1"', "sh", folder], { uid, gid, cwd: "/", stdio: "ignore" }).status ===
    0
  );
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}

async function ownFolder(root: string): Promise<void> {
  await mkdir(root).then(
    () => chmod(root, 0o711), // whatever the umask says
    (cause: NodeJS.ErrnoException) => {
      if (cause.code !== "EEXIST") throw cause;
    },
  );
  const stat = await lstat(root);
  const uid = process.getuid?.() ?? 0;
  if (stat.isDirectory() && (stat.uid === uid || uid === 0) && (stat.mode & 0o022) === 0) return;
  throw new AuditorError(
    "not_allowed",
    root,
    "the database folder belongs to another account or is open to others",
    "run Plumbline as its owner, or set PLUMBLINE_DATA to a folder of your own",
  );
}

/**
 * Told apart from a folder of the same name that was deleted: whoever deletes the data folder means the database too,
 * and a new one with a new secret could not read the old.
 */
async function folderId(dataDir: string): Promise<string> {
  const file = join(dataDir, "database-id");
  await writeFile(file, randomBytes(8).toString("hex"), { flag: "wx", mode: 0o644 }).catch(
    (cause: NodeJS.ErrnoException) => {
      if (cause.code !== "EEXIST") throw cause;
    },
  );
  return (await readFile(file, "utf8")).trim();
}

/**
 * `<data>/postgres`, or `/var/tmp/plumbline-<hash of the real path and the folder's id>` where the server's account cannot reach that.
 * A place once taken is kept, so that a change of modes never looks like an empty database.
 *
 * @throws AuditorError not_allowed: the data folder cannot be made or belongs to someone else
 */
export async function choosePlace(dataDir: string): Promise<Place> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o711 });
    const real = await realpath(dataDir);
    const inside = join(real, "postgres");
    const outside = join(
      SHARED,
      `plumbline-${createHash("sha256")
        .update(`${real} ${await folderId(real)}`)
        .digest("hex")
        .slice(0, 16)}`,
    );
    const candidates = (await exists(join(outside, "cluster"))) ? [outside] : [inside, outside];
    for (const root of candidates) {
      await ownFolder(root);
      const cluster = join(root, "cluster");
      const account = await serverAccount(cluster);
      if (reaches(account, root)) return { root, cluster, account, moved: root === outside };
      if (await exists(cluster)) break; // there is data: never start a second, empty database beside it
    }
    throw new AuditorError(
      "not_allowed",
      inside,
      "the account that runs the database cannot reach its folder any more",
      "give the folders above it the execute bit again (chmod o+x), or set DATABASE_URL",
    );
  } catch (cause) {
    if (cause instanceof AuditorError) throw cause;
    throw new AuditorError(
      "not_allowed",
      dataDir,
      "the data folder cannot be made or read",
      "check its owner and modes, or set PLUMBLINE_DATA",
      {
        cause,
      },
    );
  }
}

/** Folders for the copy of the programs, best first. The second serves a machine with several accounts. */
export const binaryPlaces = (version: string): readonly string[] => [
  join(SHARED, `plumbline-${version}`),
  join(SHARED, `plumbline-${version}-${process.getuid?.() ?? 0}`),
];
