import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { postgresCollector } from "../../collectors/postgres.ts";
import type { PostgresSystem, SecretRef } from "../../core/config.ts";
import { audienceId, type ReadTarget, systemId } from "../../core/model.ts";
import { postgresWriter } from "../../sync/writers/postgres.ts";
import { BATCH } from "../../systems/postgres/cursor.ts";
import { asAdmin } from "../setup/database.ts";
import type { CollectorWorld } from "./collector.ts";
import type { WriterWorld } from "./writer.ts";

export const READER = "plumbline_test_reader";
const PASSWORD = "only for tests";

export type Warehouse = {
  readonly readerUrl: string;
  readonly writerUrl: string;
  sql(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  drop(): Promise<void>;
};

/** A database of its own with a table of people, a role that may only read, and one that may write. */
export async function warehouse(): Promise<Warehouse> {
  const { adminUrl } = inject("foreign");
  const name = `w_${randomBytes(6).toString("hex")}`;
  await asAdmin(
    adminUrl,
    `do $$ begin
      perform pg_advisory_xact_lock(77);
      if not exists (select 1 from pg_roles where rolname = '${READER}') then create role ${READER} login password '${PASSWORD}'; end if;
    end $$`,
  );
  await asAdmin(adminUrl, `create database ${name} template template0 strategy file_copy`);
  const writer = new URL(adminUrl);
  writer.pathname = name;
  const reader = new URL(writer);
  reader.username = READER;
  reader.password = PASSWORD;
  const sql: Warehouse["sql"] = (text, values = []) => asAdmin(writer.href, text, values);
  await sql(`create table people (n int generated always as identity primary key, email text, name text, divisor int not null default 1,
      consent text, mailable boolean, plan text, updated_at timestamptz not null default '2026-01-02 03:04:05.678+00')`);
  await sql("create table lists (list text not null, email text not null, primary key (list, email))");
  await sql(`grant select on people, lists to ${READER}`);
  return {
    readerUrl: reader.href,
    writerUrl: writer.href,
    sql,
    drop: async () => void (await asAdmin(adminUrl, `drop database ${name} with (force)`)),
  };
}

export const pgRef = (s: string): SecretRef => s as SecretRef;
export const pgSystem = (more: Partial<PostgresSystem> = {}): PostgresSystem => ({
  id: systemId("warehouse"),
  title: "Warehouse",
  kind: "postgres",
  sends: false,
  dsn: pgRef("reader"),
  write: null,
  statementTimeoutSeconds: 20,
  base: "select email, name from people",
  attributes: { name: "name" },
  ...more,
});
export const sqlTarget = (sql: string, audience = "active"): ReadTarget => ({
  kind: "segment",
  audience: audienceId(audience),
  source: { sql },
});

export async function postgresWorld(): Promise<CollectorWorld> {
  const w = await warehouse();
  const collector = (secret: string) => postgresCollector(pgSystem(), { secret: () => secret });
  const wrong = new URL(w.readerUrl);
  wrong.password = "wrong";
  return {
    pageSize: BATCH,
    target: sqlTarget(
      "select email, name, 1 / divisor as one from (select * from people order by n offset 0) as people",
    ),
    collector: collector(w.readerUrl),
    wrongCredentials: collector(wrong.href),
    async seed(people) {
      await w.sql("truncate people restart identity");
      await w.sql("insert into people (email, name) select * from unnest($1::text[], $2::text[])", [
        people.map((p) => p.email),
        people.map((p) => p.name ?? null),
      ]);
    },
    faults: new Set(["page_lost"] as const), // the others are faults of HTTP
    async fault(_kind, after) {
      await w.sql("update people set divisor = 0 where n > $1", [after * BATCH + 10]);
    },
    verbs: () => null,
    close: () => w.drop(),
  };
}

export const WRITE: NonNullable<PostgresSystem["write"]> = {
  dsn: pgRef("writer"),
  membership: { table: "lists", key: "email", list: { column: "list", value: "{audience}" } },
  attributes: {
    table: "people",
    key: "email",
    columns: { plan: "plan", marketing_consent: "consent", ok_to_mail: "mailable" },
  },
  suppress: { table: "people", key: "email", column: "consent", value: "unsubscribed" },
};
export const SEGMENT_SQL =
  "select p.email, p.plan, p.consent, p.consent is not distinct from 'subscribed' as mailable from people p where lower(p.email) in (select lower(email) from lists where list = 'active')";

export async function postgresWriterWorld(): Promise<WriterWorld> {
  const w = await warehouse();
  const config = pgSystem({
    write: WRITE,
    attributes: { plan: "plan" },
    base: "select email, plan, consent, consent is not distinct from 'subscribed' as mailable from people",
  });
  return {
    writer: postgresWriter(config, { secret: (r) => (r === "writer" ? w.writerUrl : w.readerUrl) }),
    system: config.id,
    source: { sql: SEGMENT_SQL },
    attribute: "plan",
    consentAttribute: "marketing_consent",
    async seed(people) {
      for (const p of people) {
        await w.sql("insert into people (email, plan, consent) values ($1, $2, $3)", [
          p.email,
          p.value ?? null,
          p.subscribed ? "subscribed" : "unsubscribed",
        ]);
        if (p.inSegment) await w.sql("insert into lists values ('active', $1)", [p.email]);
        if (p.other) await w.sql("insert into lists values ('other', $1)", [p.email]);
      }
    },
    async truth(email) {
      const rows = await w.sql(
        `select plan, consent, exists (select 1 from lists l where lower(l.email) = lower(p.email) and list = 'active') as active,
           exists (select 1 from lists l where lower(l.email) = lower(p.email) and list = 'other') as other from people p where email = $1`,
        [email],
      );
      const row = rows[0];
      return row === undefined
        ? null
        : {
            inSegment: row.active === true,
            other: row.other === true,
            mailable: row.consent === "subscribed",
            value: row.plan === null ? null : String(row.plan),
          };
    },
    async loseAnswer() {
      // the backend ends itself when it commits: nobody here can know whether it did
      await w.sql(
        `create function die() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$`,
      );
      await w.sql(
        "create constraint trigger die after delete on lists initially deferred for each row execute function die()",
      );
      return "set";
    },
    close: () => w.drop(),
  };
}
