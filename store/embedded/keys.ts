import { createHmac, randomBytes } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AuditorError } from "../../core/errors.ts";

/**
 * Passwords of the roles, 0600 beside the cluster. `admin` is superuser, `plumbline` owns one database and its tables,
 * `app` runs the product. The first two are made once; the third follows from the first, so that a cluster of before it
 * needs nothing new.
 */
export type Keys = { readonly admin: string; readonly plumbline: string; readonly app: string };

/**
 * @throws AuditorError not_allowed: the file belongs to another account; bad_data: it is damaged
 */
export async function databaseKeys(root: string): Promise<Keys> {
  const file = join(root, "keys.json");
  const made = {
    admin: randomBytes(24).toString("base64url"),
    plumbline: randomBytes(24).toString("base64url"),
  };
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    const existing = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENOENT") return null;
      throw cause;
    });
    if (existing !== null) return parse(file, existing);
    // A hard link is made whole or not at all, and fails when another starter was first.
    await writeFile(draft, JSON.stringify(made), { mode: 0o600 });
    await link(draft, file).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== "EEXIST") throw cause;
    });
    return parse(file, await readFile(file, "utf8"));
  } catch (cause) {
    if (cause instanceof AuditorError) throw cause;
    throw new AuditorError(
      "not_allowed",
      file,
      "the database's passwords cannot be read",
      "run Plumbline as the account that started it first",
      { cause },
    );
  } finally {
    await rm(draft, { force: true });
  }
}

function parse(file: string, text: string): Keys {
  try {
    const { admin, plumbline } = JSON.parse(text) as Partial<Keys>;
    if (typeof admin === "string" && typeof plumbline === "string")
      return {
        admin,
        plumbline,
        app: createHmac("sha256", admin).update("plumbline_app").digest("base64url"),
      };
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw new AuditorError(
    "bad_data",
    file,
    "the file with the database's passwords is damaged",
    "restore it from a backup, or move the database folder away to start anew",
  );
}
