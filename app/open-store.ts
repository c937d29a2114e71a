import { AuditorError } from "../core/errors.ts";
import { instant } from "../core/model.ts";
import type { Log } from "../core/ports.ts";
import { type Database, openDatabase } from "../store/database.ts";
import { startEmbedded } from "../store/embedded/start.ts";
import { grantRole } from "../store/grant-role.ts";
import { logRights } from "../store/log-rights.ts";
import { migrate } from "../store/migrate.ts";
import type { CliIo } from "./cli/command.ts";

export type OpenStoreOptions = {
  readonly io: Pick<CliIo, "env">;
  readonly dataDir: string;
  readonly log: Log;
  readonly role: "serve" | "command";
  readonly applicationName: string;
};

export type OpenedStore = {
  /** As the role that runs the product. */
  readonly db: Database;
  /** Migrations that were applied now. */
  readonly applied: readonly string[];
  /** Superuser of the embedded server; null: the database is somebody's own. */
  readonly adminUrl: string | null;
  /** As the owner of the tables, where this process knows it. */
  asOwner<T>(work: (owner: Database) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/** The empty text, as `DATABASE_URL= npm start` gives it, is no value. */
const fromEnv = (io: Pick<CliIo, "env">, name: string): string | null => io.env[name] || null;

/**
 * Opens the database of the product and brings it up to date. MIGRATE_DATABASE_URL names the owner of the tables and
 * DATABASE_URL the lesser role that runs the product; the embedded server has both. With DATABASE_URL alone that role
 * does everything, or, where it is a lesser one, only looks whether the migrations are there.
 *
 * @throws AuditorError config: only MIGRATE_DATABASE_URL is set; and what opening and migrating throw
 */
export async function openStore(o: OpenStoreOptions): Promise<OpenedStore> {
  let url = fromEnv(o.io, "DATABASE_URL");
  let ownerUrl = fromEnv(o.io, "MIGRATE_DATABASE_URL");
  if (url === null && ownerUrl !== null)
    throw new AuditorError(
      "config",
      "DATABASE_URL",
      "it is not set, and MIGRATE_DATABASE_URL is for migrations only",
      "name there the same database with the lesser role that runs Plumbline",
    );
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const c of closers.splice(0).reverse()) await c();
  };
  try {
    let adminUrl: string | null = null;
    if (url === null) {
      const embedded = await startEmbedded({ dataDir: o.dataDir, log: o.log, role: o.role });
      closers.push(() => embedded.stop());
      ({ url, migrateUrl: ownerUrl, adminUrl } = embedded);
    }
    const db = await openDatabase({ url, applicationName: o.applicationName });
    closers.push(() => db.close());
    const asOwner: OpenedStore["asOwner"] = async (work) => {
      if (ownerUrl === null) return work(db);
      const owner = await openDatabase({
        url: ownerUrl,
        applicationName: "plumbline migrate",
        connections: 2,
      }).catch((error: unknown) => {
        throw named(error);
      });
      try {
        return await work(owner);
      } finally {
        await owner.close();
      }
    };
    const applied = await asOwner(async (owner) => {
      const names = await migrate(owner, instant(new Date()));
      const { role, owner: ownedBy } = await logRights(db);
      if (owner !== db && (await logRights(owner)).role !== role && ownedBy !== role)
        await grantRole(owner, role);
      return names;
    });
    return { db, applied, adminUrl, asOwner, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The same words about another address. */
const named = (error: unknown): unknown =>
  error instanceof AuditorError && error.fix.includes("DATABASE_URL")
    ? new AuditorError(
        error.kind,
        `${error.where} (MIGRATE_DATABASE_URL)`,
        error.message.slice(error.where.length + 2, -(error.fix.length + 3)),
        error.fix.replace("DATABASE_URL", "MIGRATE_DATABASE_URL"),
        { cause: error.cause },
      )
    : error;
