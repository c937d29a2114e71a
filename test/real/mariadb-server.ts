import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import mysql from "mysql2/promise";

const run = promisify(execFile);
const SCRIPTS = join(import.meta.dirname, "scripts");

type Row = Readonly<Record<string, unknown>>;
/** A database of its own. `dsn` of a user who may only read it, and of one who may do anything in it. */
export type RealDatabase = {
  readonly readerDsn: string;
  readonly writerDsn: string;
  /** One statement as the owner. */
  sql(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  drop(): Promise<void>;
};
export type RealMariadb = {
  readonly host: string;
  readonly port: number;
  /** One statement as the server's administrator. */
  sql(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  database(): Promise<RealDatabase>;
  stop(): Promise<void>;
};

/**
 * Installs a real MariaDB (once a machine, seconds) and starts it on loopback with a folder of its own.
 *
 * @returns null, with NOT RUN printed, where it cannot be installed; with REQUIRE_MATERIAL=1 that is a failure
 */
export async function startRealMariadb(): Promise<RealMariadb | null> {
  let data = "";
  try {
    await run("bash", [join(SCRIPTS, "mariadb-install.sh")], { timeout: 300_000 });
    data = await mkdtemp("/tmp/plumbline-mariadb-");
    const { stdout } = await run("bash", [join(SCRIPTS, "mariadb-start.sh"), data], { timeout: 120_000 });
    const at = JSON.parse(stdout) as { host: string; port: number; user: string; password: string };
    return mariadbAt(at, data);
  } catch (e) {
    if (data !== "") await rm(data, { recursive: true, force: true });
    if (process.env.REQUIRE_MATERIAL === "1") throw e;
    console.warn(
      `NOT RUN: the real MariaDB cannot be installed or started here (${e instanceof Error ? e.message.slice(0, 500) : String(e)})`,
    );
    return null;
  }
}

function mariadbAt(
  at: { host: string; port: number; user: string; password: string },
  data: string,
): RealMariadb {
  const pool = (database?: string) =>
    mysql.createPool({
      host: at.host,
      port: at.port,
      user: at.user,
      password: at.password,
      ...(database === undefined ? {} : { database }),
      connectionLimit: 4,
    });
  const admin = pool();
  const sql =
    (on: mysql.Pool): RealMariadb["sql"] =>
    async (text, values = []) => {
      const [rows] = await on.query<mysql.RowDataPacket[]>(text, [...values]);
      return Array.isArray(rows) ? rows : [];
    };
  const asAdmin = sql(admin);
  return {
    host: at.host,
    port: at.port,
    sql: asAdmin,
    async database() {
      const name = `w_${randomBytes(6).toString("hex")}`;
      const password = "only for tests";
      await asAdmin(`create database ${name} character set utf8mb4 collate utf8mb4_general_ci`);
      const user = async (kind: string, rights: string): Promise<string> => {
        await asAdmin(`create user '${name}_${kind}'@'%' identified by '${password}'`);
        await asAdmin(`grant ${rights} on ${name}.* to '${name}_${kind}'@'%'`);
        return `mysql://${name}_${kind}:${encodeURIComponent(password)}@${at.host}:${at.port}/${name}`;
      };
      const own = pool(name);
      return {
        readerDsn: await user("r", "select"),
        writerDsn: await user("w", "select, insert, update, delete"),
        sql: sql(own),
        async drop() {
          await own.end();
          await asAdmin(`drop database ${name}`);
          for (const kind of ["r", "w"]) await asAdmin(`drop user '${name}_${kind}'@'%'`);
        },
      };
    },
    async stop() {
      await admin.end();
      await run("bash", [join(SCRIPTS, "mariadb-stop.sh"), data], { timeout: 60_000 });
      await rm(data, { recursive: true, force: true });
    },
  };
}
