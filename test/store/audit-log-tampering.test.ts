import { expect, onTestFinished, test } from "vitest";
import { instant } from "../../core/model.ts";
import { appendAuditLog } from "../../store/append-audit-log.ts";
import { auditLogEntries } from "../../store/audit-log-entries.ts";
import type { Sql } from "../../store/database.ts";
import { verifyChain } from "../../store/verify-chain.ts";
import { testDatabase } from "../setup/database.ts";

const ENTRIES = 30;

/** The hash as docs/audit-log.md describes it, in SQL: what somebody with the owner's password would write. */
const HASH = (row: string) =>
  `encode(sha256(convert_to('{"action":' || to_json(${row}.action)::text || ',"actor":' || to_json(${row}.actor)::text
    || ',"at":"' || to_char(${row}.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '","detail":' || ${row}.detail::text
    || ',"object":' || to_json(${row}.object)::text || ',"prev":"' || ${row}.prev || '","seq":' || ${row}.seq || '}', 'UTF8')), 'hex')`;

/** All hashes from one entry on, made anew. */
const REHASH = (from: number) => `do $$
  declare e record; before text := (select coalesce((select hash from audit_log where seq = ${from} - 1), repeat('0', 64)));
  begin
    for e in select * from audit_log where seq >= ${from} order by seq loop
      update audit_log set prev = before where seq = e.seq;
      update audit_log as l set hash = ${HASH("l")} where seq = e.seq returning hash into before;
    end loop;
  end $$`;

type Case = readonly [statements: readonly string[], what: string, seq: number];

const CASES: readonly Case[] = [
  [["update audit_log set at = at + interval '1 second' where seq = 9"], "edited", 9],
  [["update audit_log set at = at + interval '1 microsecond' where seq = 9"], "edited", 9],
  [["update audit_log set at = 'infinity' where seq = 9"], "edited", 9],
  [["update audit_log set actor = 'local' where seq = 1"], "edited", 1],
  [["update audit_log set actor = (select actor from audit_log where seq = 8) where seq = 9"], "edited", 9],
  [["update audit_log set action = 'plan.stop' where seq = 30"], "edited", 30],
  [["update audit_log set object = 'PL-7' where seq = 9"], "edited", 9],
  [["update audit_log set detail = '{}' where seq = 9"], "edited", 9],
  [["update audit_log set detail = (detail::text || ' ')::json where seq = 9"], "edited", 9],
  [["update audit_log set detail = replace(detail::text, ':', ': ')::json where seq = 9"], "edited", 9],
  [['update audit_log set detail = \'{"n":1,"n":9}\' where seq = 9'], "edited", 9],
  [["update audit_log set prev = repeat('a', 64) where seq = 9"], "edited", 9],
  [["update audit_log set hash = repeat('a', 64) where seq = 9"], "edited", 9],
  [["update audit_log set seq = 300 where seq = 9"], "reordered", 9],
  [["update audit_log set seq = 300 where seq = 30"], "edited", 30],
  [["update audit_log set seq = 0 where seq = 9"], "reordered", 1],
  [["delete from audit_log where seq = 9"], "deleted", 9],
  [["delete from audit_log where seq = 1"], "deleted", 1],
  [["delete from audit_log where seq between 9 and 20"], "deleted", 9],
  [["delete from audit_log where seq = 9", "update audit_log set seq = seq - 1 where seq > 9"], "deleted", 9],
  [["delete from audit_log where seq > 25"], "tail_cut", 26],
  [
    ["delete from audit_log where seq > 24", "update audit_log set action = 'x' where seq = 24"],
    "edited",
    24,
  ],
  [["delete from audit_log"], "tail_cut", 1],
  [
    [
      "update audit_log set seq = -seq where seq in (9, 20)",
      "update audit_log set seq = 29 + seq where seq in (-9, -20)",
    ],
    "reordered",
    9,
  ],
  [
    [
      "update audit_log set seq = -seq where seq >= 9",
      "update audit_log set seq = 1 - seq where seq < 0",
      "insert into audit_log select 9, at, actor, 'forged', object, detail, repeat('b', 64), repeat('c', 64) from audit_log where seq = 8",
    ],
    "inserted",
    9,
  ],
  [
    [
      "insert into audit_log select 31, at, actor, 'forged', object, detail, repeat('b', 64), repeat('c', 64) from audit_log where seq = 30",
    ],
    "edited",
    31,
  ],
  [
    [
      "update audit_log set action = 'x' where seq = 9",
      `update audit_log as l set hash = ${HASH("l")} where seq = 9`,
    ],
    "edited",
    9,
  ],
  // a hash of its own, and a detail that is not spelled as we write it
  [
    [
      "insert into audit_log select 31, at, actor, action, object, '{\"n\":1,\"n\":31}', hash, repeat('c', 64) from audit_log where seq = 30",
      `update audit_log as l set hash = ${HASH("l")} where seq = 31`,
    ],
    "edited",
    31,
  ],
  // anchors are of entries 10, 20 and 30
  [["update audit_log set action = 'x' where seq = 9", REHASH(9)], "edited", 1],
  [["update audit_log set action = 'x' where seq = 15", REHASH(15)], "edited", 11],
  [["update audit_log set action = 'x' where seq = 30", REHASH(30)], "edited", 21],
  [
    ["delete from audit_log where seq = 12", "update audit_log set seq = seq - 1 where seq > 12", REHASH(12)],
    "edited",
    11,
  ],
  [
    ["delete from audit_log where seq = 30", "update audit_log set action = 'x' where seq = 29", REHASH(29)],
    "tail_cut",
    30,
  ],
];

test("what the owner of the tables does with triggers off is found, on a real Postgres", async () => {
  const made = await testDatabase("embedded", false, "owner");
  onTestFinished(() => made.drop());
  const { db } = made;
  for (let n = 1; n <= ENTRIES; n++)
    await appendAuditLog(db, {
      at: instant(new Date(Date.UTC(2026, 10, 26, 6, n))),
      actor: n % 2 === 0 ? "Ana" : "Ben",
      action: "plan.approved",
      object: `PL-${n}`,
      detail: { n },
    });
  const whole = await verifyChain(auditLogEntries(db, 0), { anchors: [] });
  expect(whole).toMatchObject({ fault: null, entries: ENTRIES });
  const { rows } = await db.query<{ seq: number; hash: string }>(
    "select seq, hash from audit_log where seq % 10 = 0",
  );
  const anchors = rows.map((r) => ({ ...r, at: "2026-11-26T07:00:00.000Z" }));
  await db.query(
    "alter table audit_log disable trigger all; alter table audit_log drop constraint audit_log_seq_check; alter table audit_log drop constraint audit_log_prev_key; alter table audit_log drop constraint audit_log_pkey",
  );

  const after = async (statements: readonly string[], how: (sql: Sql) => Promise<void>) => {
    const taken = new Error("taken back");
    await expect(
      db.tx(async (sql) => {
        for (const s of statements) await sql.query(s);
        await how(sql);
        throw taken;
      }),
    ).rejects.toBe(taken);
  };
  for (const [statements, what, seq] of CASES) {
    await after(statements, async (sql) => {
      const { fault } = await verifyChain(auditLogEntries(sql, 0), { anchors });
      expect({ statements, what: fault?.what, seq: fault?.seq }).toEqual({ statements, what, seq });
    });
  }
  expect((await verifyChain(auditLogEntries(db, 0), { anchors })).fault, "all was taken back").toBeNull();
});
