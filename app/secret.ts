import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AuditorError } from "../core/errors.ts";
import { claimMeta } from "../store/claim-meta.ts";
import type { Sql } from "../store/database.ts";

const MIN_LENGTH = 32;

export type SecretOptions = {
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/**
 * PLUMBLINE_SECRET, or else `<data>/secret`, made once. The same text in either place is the same secret, so that
 * the file can move into a vault later.
 *
 * @throws AuditorError config: too short, or readable by others; not_allowed: the file cannot be read or made
 */
export async function loadSecret({ dataDir, env }: SecretOptions): Promise<Uint8Array> {
  if (env.PLUMBLINE_SECRET !== undefined) return bytesOf("PLUMBLINE_SECRET", env.PLUMBLINE_SECRET);
  const file = join(dataDir, "secret");
  try {
    return bytesOf(file, await readOrMake(dataDir, file));
  } catch (cause) {
    if (cause instanceof AuditorError) throw cause;
    throw new AuditorError(
      "not_allowed",
      file,
      "the secret cannot be read or made",
      "check the owner of the data folder, or set PLUMBLINE_SECRET",
      { cause },
    );
  }
}

async function readOrMake(dataDir: string, file: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  await writeFile(draft, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  try {
    // A hard link is made whole or not at all, and fails when there is a secret already or another starter was first.
    await link(draft, file);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) throw cause;
  } finally {
    await rm(draft, { force: true });
  }
  const { mode } = await stat(file);
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw new AuditorError(
      "config",
      file,
      "the secret may be read by other accounts",
      `run chmod 600 ${file}`,
    );
  }
  return readFile(file, "utf8");
}

function bytesOf(where: string, text: string): Uint8Array {
  const secret = text.trim();
  if (secret.length >= MIN_LENGTH) return new TextEncoder().encode(secret);
  throw new AuditorError(
    "config",
    where,
    `the secret has ${secret.length} characters`,
    `give it at least ${MIN_LENGTH} random ones: openssl rand -hex 32`,
  );
}

/**
 * Every key in the database was made with one secret; with another nobody would be found again, and everyone
 * would seem to be missing. So the database keeps its fingerprint.
 *
 * @throws AuditorError config: this is not the secret that the database was made with
 */
export async function checkSecret(db: Sql & { readonly where?: string }, fingerprint: string): Promise<void> {
  const known = await claimMeta(db, "secret_fingerprint", fingerprint);
  if (known === fingerprint) return;
  throw new AuditorError(
    "config",
    db.where ?? "database",
    "it was made with another secret",
    "restore PLUMBLINE_SECRET or the file `secret` in the data folder as it was, or start with an empty database",
  );
}
