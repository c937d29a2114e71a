import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { instant } from "../../core/model.ts";
import { appendAuditLog } from "../../store/append-audit-log.ts";
import { auditLogEntries } from "../../store/audit-log-entries.ts";
import type { Database, Sql } from "../../store/database.ts";
import { forgetPerson } from "../../store/forget-person.ts";
import { listAuditLog } from "../../store/list-audit-log.ts";
import { migrate } from "../../store/migrate.ts";
import { personRef } from "../../store/person-ref.ts";
import { type Anchor, verifyChain } from "../../store/verify-chain.ts";
import { wrongPersonRefs } from "../../store/wrong-person-refs.ts";
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

const add = (db: Sql | Database, n: number, actor = "Ana") =>
  appendAuditLog(db, {
    at: AT,
    actor,
    action: "plan.approved",
    object: `PL-${n}`,
    detail: { n, "é\u{1F600}": ["\n", 0.5, null] },
  });

const verify = (sql: Sql, anchors: readonly Anchor[] = []) =>
  verifyChain(auditLogEntries(sql, 0), { anchors });

describe.each(SERVERS)("the audit log on %s", (server) => {
  test("a chain from the first entry on; who does not continue it is refused", async () => {
    const { db } = await database(server, "lesser");
    expect(await verify(db)).toMatchObject({ fault: null, entries: 0, last: null });
    for (let n = 1; n <= 5; n++) await add(db, n);
    const head = await add(db, 6, '\0 \ud800 \u2028 \u007f" \\');
    expect(await verify(db)).toMatchObject({ fault: null, entries: 6, last: head });
    for (const [seq, prev] of [
      [8, head.hash],
      [7, "0".repeat(64)],
      [3, head.hash],
    ] as const)
      await expect(
        db.query(
          "insert into audit_log (seq, at, actor, action, object, detail, prev, hash) values ($1, now(), 'a', 'b', 'c', '{}', $2, $3)",
          [seq, prev, "f".repeat(64)],
        ),
      ).rejects.toMatchObject({ kind: "permanent" });
  });

  test("in a transaction an entry is kept or dropped with the action, and its number is used again", async () => {
    const { db } = await database(server, "lesser");
    await add(db, 1);
    await expect(
      db.tx(async (sql) => {
        await add(sql, 2, "Ben");
        throw new Error("changed my mind");
      }),
    ).rejects.toThrow("changed my mind");
    expect(await add(db, 3)).toMatchObject({ seq: 2 });
    expect((await listAuditLog(db, { limit: 9 })).map((e) => [e.seq, e.actor, e.object])).toEqual([
      [2, "Ana", "PL-3"],
      [1, "Ana", "PL-1"],
    ]);
    expect((await db.query("select 1 from person_ref")).count, "Ben never did anything").toBe(1);
  });

  test("entries from before are chained in their order, with people under references", async () => {
    const { db } = await database(server, "owner", true);
    const folder = await mkdtemp(join(tmpdir(), "plumbline-migrations-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const all = new URL("../../store/migrations/", import.meta.url);
    for (const name of (await readdir(all)).filter((n) => n < "20261126T150000Z"))
      await cp(new URL(name, all), join(folder, name));
    await migrate(db, AT, folder);
    const details = [
      {},
      {
        hash: "ab",
        changes: 12,
        state: "checked",
        z: { b: [1, "two", null, true, { é: "\u{1F600}" }], a: {} },
      },
      {
        confirmed: 'PL-1 "3"\n\t\b\f\r\\ \u0001\u007f\u2028 \ue000 \u{1F600}',
        "\ue000": 1,
        "\u{1F600}": 2,
        aa: -5,
        b: [],
      },
    ];
    for (const [i, detail] of details.entries())
      await db.query(
        "insert into audit_log (at, actor, action, object, detail) values ($1, $2, 'plan.approved', $3, $4)",
        [`2026-11-2${i}T06:00:00.12${i}Z`, i === 0 ? "local" : 'Ana "\n', `PL-${i}`, JSON.stringify(detail)],
      );
    await db.query("delete from audit_log where object = 'PL-0' and false");
    await db.query("alter table audit_log alter column seq restart with 90");
    await db.query(
      "insert into audit_log (at, actor, action, object) values ($1, 'Ben', 'plan.apply', 'PL-9')",
      [AT],
    );
    await migrate(db, AT);
    expect(await verify(db)).toMatchObject({ fault: null, entries: 4, first: 1 });
    await add(db, 10, "Ben");
    expect(await verify(db)).toMatchObject({ fault: null, entries: 5 });
    const listed = await listAuditLog(db, { limit: 9 });
    expect(listed.map((e) => [e.seq, e.actor, e.object])).toEqual([
      [5, "Ben", "PL-10"],
      [4, "Ben", "PL-9"],
      [3, 'Ana "\n', "PL-2"],
      [2, 'Ana "\n', "PL-1"],
      [1, "local", "PL-0"],
    ]);
    expect(
      listed
        .slice(2)
        .map((e) => e.detail)
        .reverse(),
    ).toEqual(details);
    expect((await db.query("select 1 from person_ref")).count).toBe(2);
    expect(await wrongPersonRefs(db)).toEqual([]);
  });

  test("a person can be forgotten: the log shows nobody, verifies, and knows them anew", async () => {
    const { db } = await database(server, "lesser");
    await add(db, 1, "Ana");
    await add(db, 2, "Ben");
    const rows = async () => JSON.stringify((await db.query("select * from audit_log")).rows);
    expect(await rows()).not.toMatch(/Ana|Ben/);
    const member = await db.tx((sql) =>
      personRef(sql, { kind: "member", key: "00ff", sealed: "sealed" }, AT),
    );
    expect(await db.tx((sql) => personRef(sql, { kind: "member", key: "00ff", sealed: "again" }, AT))).toBe(
      member,
    );
    await appendAuditLog(db, { at: AT, actor: "Ben", action: "member.shown", object: member, detail: {} });
    const before = await verify(db);
    const ref = await forgetPerson(db, "Ana", { actor: "Ben", at: AT });
    await forgetPerson(db, member, { actor: "Ben", at: AT });
    expect(await verify(db, before.last === null ? [] : [{ ...before.last, at: AT }])).toMatchObject({
      fault: null,
      entries: 5,
      anchored: 1,
    });
    expect((await listAuditLog(db, { limit: 9 })).map((e) => [e.actor, e.action, e.object])).toEqual([
      ["Ben", "person.forgotten", member],
      ["Ben", "person.forgotten", ref],
      ["Ben", "member.shown", member],
      ["Ben", "plan.approved", "PL-2"],
      ["erased person", "plan.approved", "PL-1"],
    ]);
    expect(JSON.stringify((await db.query("select * from person_ref")).rows)).not.toMatch(
      /Ana|sealed":"|00ff/,
    );
    await add(db, 3, "Ana");
    expect((await listAuditLog(db, { limit: 1 }))[0]?.actor).toBe("Ana");
    expect(await wrongPersonRefs(db)).toEqual([]);
    await expect(forgetPerson(db, "Nobody", { actor: "Ben", at: AT })).rejects.toMatchObject({
      kind: "not_found",
    });
  });

  test("another name put under a reference is found", async () => {
    const { db } = await database(server, "lesser");
    await add(db, 1, "Ana");
    await add(db, 2, "Ben");
    await db.query("update person_ref set known_as = 'Bob' where known_as = 'Ben'");
    expect(await wrongPersonRefs(db)).toHaveLength(1);
    await db.query("update person_ref set known_as = 'Ben' where known_as = 'Bob'");
    expect(await wrongPersonRefs(db)).toEqual([]);
  });
});
