import { expect, it } from "vitest";
import type { SqlSystem } from "../../core/config.ts";
import { audienceId } from "../../core/model.ts";
import type { Collector, Writer } from "../../core/ports.ts";
import { contextFor, readAll } from "./collector.ts";
import { sqlTarget } from "./postgres-world.ts";
import { changeFor } from "./writer.ts";

type Database = {
  readonly readerDsn: string;
  readonly writerDsn: string;
  sql(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
};

/** A database with four people in it, and how this kind of database says things. */
export type SqlCollectorWorld = {
  readonly id: string;
  database(): Database;
  collector(more?: { readonly statementTimeoutSeconds?: number }, dsn?: () => string): Collector;
  /** An expression that takes some seconds for each row. */
  readonly sleep: string;
  /** What it is, the SQL, and what must be said of it. */
  readonly refused: readonly (readonly [string, string, RegExp])[];
};

/** What reading from a database must do, whichever it is. */
export function sqlCollectorTests(world: SqlCollectorWorld): void {
  const { collector, database } = world;

  it("spoils only the target whose SQL is wrong, and names it", async () => {
    const read = await readAll(collector(), [
      sqlTarget("select nothing_here from people", "broken"),
      sqlTarget("selec", "typo"),
      sqlTarget("select 1 as one", "anonymous"),
      sqlTarget("select email from people"),
      { kind: "base" },
    ]);
    expect(read.error).toBeNull();
    expect(read.ends.map((e) => [e.target, e.coverage])).toEqual([
      [0, "unusable"],
      [1, "unusable"],
      [2, "unusable"],
      [3, "complete"],
      [4, "complete"],
    ]);
    expect(read.ends[0]?.because).toMatch(new RegExp(`${world.id}: broken.*nothing_here`));
    expect(read.ends[2]?.because).toContain("no column email, phone or customer_id");
  });

  it.each(world.refused)("refuses %s, even for a user who may write", async (_, sql, words) => {
    const read = await readAll(
      collector({}, () => database().writerDsn),
      [sqlTarget(sql), sqlTarget("select email from people")],
    );
    expect(read.ends[0]).toMatchObject({ coverage: "unusable" });
    expect(read.ends[0]?.because).toMatch(words);
    expect(read.ends[1]).toMatchObject({ coverage: "complete", enumerated: 4 });
    expect(await database().sql("select n from people")).toHaveLength(4);
  });

  it("cancels a statement that runs too long and goes on with the next", async () => {
    const read = await readAll(collector({ statementTimeoutSeconds: 1 }), [
      sqlTarget(`select email, ${world.sleep} as s from people`),
      sqlTarget("select email from people", "next"),
    ]);
    expect(read.ends).toMatchObject([
      { coverage: "unusable", because: expect.stringContaining("longer than its limit") },
      { coverage: "complete" },
    ]);
  });
}

export type SqlWriterWorld = {
  readonly system: SqlSystem;
  /** The segment's SQL. */
  readonly segment: string;
  database(): Database;
  writer(more?: Partial<NonNullable<SqlSystem["write"]>>, dsn?: () => string): Writer;
  /** Nobody listens there. */
  readonly unreachable: string;
};

/** Adds three people. */
export function neverSoftens(world: SqlWriterWorld): void {
  it("never softens a complaint or an erasure to an opt-out", async () => {
    const { sql } = world.database();
    await sql(
      "insert into people (email, consent) values ('c@example.test', 'complained'), ('e@example.test', 'erased'), ('s@example.test', 'subscribed')",
    );
    const changes = ["c", "e", "s"].map((n) =>
      changeFor({ system: world.system.id }, "suppress", `${n}@example.test`),
    );
    const outcomes = await world.writer().apply(changes, { sql: world.segment }, contextFor());
    expect(outcomes.map((o) => o.status)).toEqual(["noop", "noop", "applied"]);
    const rows = await sql(
      "select consent from people where email in ('c@example.test', 'e@example.test', 's@example.test') order by email",
    );
    expect(rows.map((r) => r.consent)).toEqual(["complained", "erased", "unsubscribed"]);
  });
}

/** Puts somebody on the lists "active" and "vip". */
export function rightsAndLists(world: SqlWriterWorld): void {
  const system = world.system.id;
  const source = { sql: world.segment };
  const { writer, database } = world;

  it("can be tried again when it could not connect, and says what right is missing", async () => {
    const add = [changeFor({ system }, "add", "a@example.test")];
    expect(await writer({}, () => world.unreachable).apply(add, source, contextFor())).toMatchObject([
      { status: "retry" },
    ]);
    expect(await writer({}, () => database().readerDsn).apply(add, source, contextFor())).toMatchObject([
      { status: "failed" },
    ]);
    await expect(writer({}, () => database().readerDsn).probe(contextFor())).rejects.toMatchObject({
      kind: "auth",
      message: expect.stringContaining("may not insert"),
    });
    await expect(
      writer({ membership: { table: "gone", key: "email" } }).probe(contextFor()),
    ).rejects.toMatchObject({ kind: "config" });
  });

  it("keeps the lists of several audiences in one table apart", async () => {
    const add = changeFor({ system }, "add", "two@example.test");
    await writer().apply([add, { ...add, audience: audienceId("vip") }], source, contextFor());
    expect(
      await database().sql("select list from lists where email = 'two@example.test' order by 1"),
    ).toEqual([{ list: "active" }, { list: "vip" }]);
  });
}
