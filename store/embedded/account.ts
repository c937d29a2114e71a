import { readFile, stat } from "node:fs/promises";
import { AuditorError } from "../../core/errors.ts";

/** The account that runs the server; null: the one we run as. Postgres refuses to run as root. */
export type Account = { readonly uid: number; readonly gid: number } | null;

/**
 * As root an existing cluster keeps its owner, a new one belongs to `nobody`: the account must have a line in
 * /etc/passwd (initdb looks it up), and `nobody` is the one that every system has.
 *
 * @param cluster the data folder of the server, which may not exist yet
 */
export async function serverAccount(cluster: string): Promise<Account> {
  if (process.getuid?.() !== 0) return null;
  const existing = await stat(cluster).catch(() => null);
  if (existing !== null && existing.uid !== 0) return { uid: existing.uid, gid: existing.gid };
  const passwd = await readFile("/etc/passwd", "utf8").catch(() => "");
  for (const name of ["nobody", "daemon"]) {
    const line = passwd.split("\n").find((entry) => entry.startsWith(`${name}:`));
    const [, , uid, gid] = line?.split(":") ?? [];
    // macOS writes nobody as -2.
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 };
  }
  throw new AuditorError(
    "unsupported",
    "embedded Postgres",
    "Postgres does not run as root, and there is no account `nobody` to run it as",
    "start Plumbline as an ordinary user, or set DATABASE_URL",
  );
}
