import { describe, expect, onTestFinished, test } from "vitest";
import type { AuditorError } from "../../core/errors.ts";
import { instant } from "../../core/model.ts";
import { appendAuditLog } from "../../store/append-audit-log.ts";
import { auditLogEntries } from "../../store/audit-log-entries.ts";
import { type Database, openDatabase, type Sql } from "../../store/database.ts";
import { grantRole } from "../../store/grant-role.ts";
import { logRights } from "../../store/log-rights.ts";
import { migrate } from "../../store/migrate.ts";
import { verifyChain } from "../../store/verify-chain.ts";
import {
  SERVERS,
  type ServerName,
  type TestDatabase,
  type TestRole,
  testDatabase,
} from "../setup/database.ts";

const AT = instant(new Date("2026-11-26T15:00:00Z"));

async function database(server: ServerName, role: TestRole, empty = false): Promise<TestDatabase> {
  const made = await testDatabase(server, empty, role);
  onTestFinished(() => made.drop());
  return made;
}

/** As the owner of the tables, beside the lesser role that `db` is. */
async function asOwner(made: TestDatabase): Promise<Database> {
  const owner = await openDatabase({ url: made.ownerUrl, applicationName: "owner", connections: 2 });
  onTestFinished(() => owner.close());
  return owner;
}

const add = (db: Database, n: number) =>
  appendAuditLog(db, { at: AT, actor: "Ana", action: "plan.approved", object: `PL-${n}`, detail: { n } });

const verify = (sql: Sql) => verifyChain(auditLogEntries(sql, 0), { anchors: [] });

/** The kind of error that a statement ends with; null: it was carried out. */
const refusal = (db: Database, statement: string): Promise<string | null> =>
  db.query(statement).then(
    () => null,
    (error: AuditorError) => error.kind,
  );

describe.each(SERVERS)("rights on the audit log of %s", (server) => {
  test("the lesser role cannot change, empty or take the log away, nor what protects it", async () => {
    const made = await database(server, "lesser");
    const { db } = made;
    for (let n = 1; n <= 3; n++) await add(db, n);
    const before = await verify(db);
    const owner = await asOwner(made);
    const { role } = await logRights(db);
    for (const statement of [
      "update audit_log set actor = 'x'",
      "update audit_log set actor = 'x' where false",
      "delete from audit_log",
      "delete from audit_log where false",
      "truncate audit_log",
      "truncate audit_log cascade",
      "insert into audit_log select * from audit_log on conflict (seq) do update set actor = 'x'",
      "merge into audit_log as a using audit_log as b on a.seq = b.seq when matched then delete",
      "select * from audit_log for update",
      "alter table audit_log drop column actor",
      "alter table audit_log alter column actor type text using 'x'",
      "alter table audit_log disable trigger all",
      "alter table audit_log rename to elsewhere",
      `alter table audit_log owner to ${role}`,
      "alter table audit_log set schema pg_temp",
      "drop table audit_log",
      "drop table audit_log cascade",
      "drop trigger audit_log_only_added_to on audit_log",
      "drop function audit_log_refuse() cascade",
      "create or replace function audit_log_refuse() returns trigger language plpgsql as 'begin return null; end'",
      "create trigger mine before insert on audit_log for each row execute function audit_log_refuse()",
      "create rule mine as on insert to audit_log do instead nothing",
      "create policy mine on audit_log using (false)",
      "create index mine on audit_log (actor)",
      "create table mine (a int)",
      "set session_replication_role = replica",
      `set role ${new URL(made.ownerUrl).username}`,
      "drop owned by current_user cascade; drop schema public cascade",
      "delete from person_ref",
      "delete from migration",
    ])
      expect([statement, await refusal(db, statement)]).toEqual([statement, "not_allowed"]);
    await db.query(`grant update on audit_log to ${role}`); // only a warning, and no right
    expect(await refusal(db, "update audit_log set actor = 'x'")).toBe("not_allowed");
    expect(await verify(db)).toEqual(before);
    expect(await logRights(db)).toMatchObject({ mayTamper: false });
    expect(await logRights(owner)).toMatchObject({ mayTamper: true });
    await add(db, 4);
    expect(await verify(db)).toMatchObject({ fault: null, entries: 4 });
  });

  test("the owner is stopped by the trigger, against mistakes", async () => {
    const { db } = await database(server, "owner");
    await add(db, 1);
    for (const statement of [
      "update audit_log set actor = 'x'",
      "delete from audit_log",
      "delete from audit_log where false",
      "truncate audit_log",
      "truncate audit_log, meta restart identity cascade",
    ])
      expect([statement, await refusal(db, statement)]).toEqual([statement, "not_allowed"]);
    expect(await verify(db)).toMatchObject({ fault: null, entries: 1 });
  });

  test("what later migrations make can be used by the lesser role, and its rights are put right", async () => {
    const made = await database(server, "lesser");
    const { db } = made;
    const owner = await asOwner(made);
    const { role } = await logRights(db);
    expect(await grantRole(owner, role), "nothing to do").toBe(false);
    await owner.query("create table later (id int generated always as identity, t text)");
    await db.query("insert into later (t) values ('a')");
    await db.query("update later set t = 'b'");
    await owner.query(`grant all on audit_log to ${role}`);
    expect(await logRights(db)).toMatchObject({ mayTamper: true });
    expect(await grantRole(owner, role)).toBe(true);
    expect(await logRights(db)).toMatchObject({ mayTamper: false });
    expect(await migrate(db, AT), "the lesser role looks, and has nothing to do").toEqual([]);
  });

  test("a lesser role in front of a database that is behind says what to do", async () => {
    const { db } = await database(server, "lesser", true);
    await expect(migrate(db, AT)).rejects.toThrow(
      /lacks \d+ migrations, and this role may not change tables → run `plumbline migrate` with MIGRATE_DATABASE_URL/,
    );
  });
});
