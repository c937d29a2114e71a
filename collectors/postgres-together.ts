import { AuditorError } from "../core/errors.ts";
import type { Instant, Page, ReadTarget } from "../core/model.ts";
import type { Context } from "../core/ports.ts";
import type { RawRows } from "../core/row-plan.ts";
import { postgresError } from "../systems/postgres/error.ts";
import { columnsAs, fitColumns, typed } from "../systems/postgres/fit-columns.ts";
import { bytesPerSecond, keepsUtf8 } from "../systems/postgres/link.ts";
import { type Look, lookAt } from "../systems/postgres/look-at.ts";
import { isMarked, type MarkedCopy, MarkedOrder, markedQuery } from "../systems/postgres/marked-sql.ts";
import { isPlain } from "../systems/postgres/plain.ts";
import type { PlainKind } from "../systems/postgres/plain-sql.ts";
import { fieldsOf } from "../systems/sql/row.ts";
import type { PostgresPart, PostgresSession } from "./postgres.ts";
import { failure, type Reading, readerOf, readingOf, readTarget, sqlOf, stopped, wholeOf } from "./sql.ts";
import { givenCopy } from "./sql-bytes.ts";

/** One target of a read over several systems. */
export type Member = { readonly part: PostgresPart; readonly target: ReadTarget };

/** The copies of one audience beside its owner's; all are numbers of members. */
export type Joint = {
  readonly owner: number;
  readonly copies: readonly number[];
  readonly identity: PlainKind;
  /** Attributes that are kept of members. */
  readonly attributes: readonly string[];
};

type Fit = { readonly member: number; readonly look: Look; readonly places: MarkedCopy["places"] };
/** What the server says of the queries, and which copies can be made of the owner's rows; in words why the others cannot. */
export type Looked = {
  readonly joint: Joint;
  readonly owner: Look;
  readonly fits: readonly Fit[];
  readonly unfit: ReadonlyMap<number, string>;
};

/** Several systems of one place, read in one READ ONLY transaction of one connection. */
export type Together = {
  /** @throws AuditorError what the server says of a query; the transaction is as before */
  look(joint: Joint): Promise<Looked>;
  /**
   * How fast its answers arrive, in bytes a second.
   *
   * @param elapsed milliseconds from any start
   * @throws AuditorError
   */
  speed(elapsed: () => number): Promise<number>;
  /**
   * Reads all members. Of what was looked at, the owners' rows travel once, and of the copies that fit only rows that are
   * not among them. Throws where the server refuses that; other targets end as in a read of one system.
   */
  read(looked: readonly Looked[], context: Context): AsyncGenerator<Page>;
  /** Rows that travelled of a copy that was made of the owner's rows. */
  readonly travelled: ReadonlyMap<number, number>;
  close(): Promise<void>;
};

/** @throws AuditorError when it cannot be connected, or the server cannot compare: it has no COPY, or does not keep UTF-8 */
export async function openTogether(members: readonly Member[], context: Context): Promise<Together> {
  const first = members[0]?.part;
  if (first === undefined) throw new RangeError("nothing to read");
  const seconds = Math.min(...members.map(({ part }) => part.config.statementTimeoutSeconds));
  const session = await first.openFor(seconds);
  const stop = (): void => session.sever();
  context.signal.addEventListener("abort", stop);
  let ended: Promise<void> | null = null;
  const close = (): Promise<void> => {
    context.signal.removeEventListener("abort", stop);
    ended ??= session.end();
    return ended;
  };
  try {
    stopped(first.config.id, context);
    const unfit = (what: string) => new AuditorError("unsupported", first.config.id, what, "none is needed");
    const copy = await givenCopy(session, first.config.id, context);
    if (copy === null) throw unfit("the server does not give rows through COPY");
    const asOf = await session.begin(context.clock);
    if (isPlain(session.client)) throw unfit("the server is not Postgres, though it speaks its protocol");
    if (!(await keepsUtf8(session.client))) throw unfit("the database does not keep UTF-8");
    const readings = members.map(({ part, target }, i) => readingOf(part, session, copy, i, target, asOf));
    const travelled = new Map<number, number>();
    return {
      look: (joint) => lookAtJoint(session, readings, joint, context),
      speed: (elapsed) =>
        bytesPerSecond(session.client, elapsed).catch((e: unknown) => {
          throw failure(first.database, first.config.id, e, context);
        }),
      read: (looked, context) => readAll(readings, looked, asOf, travelled, context),
      travelled,
      close,
    };
  } catch (e) {
    await close();
    throw failure(first.database, first.config.id, e, context);
  }
}

async function lookAtJoint(
  session: PostgresSession,
  readings: readonly Reading[],
  joint: Joint,
  context: Context,
): Promise<Looked> {
  const of = (member: number): Reading => readings[member] as Reading;
  const lookAtMember = (member: number): Promise<Look> =>
    lookAt(session.client, of(member).name, sqlOf(of(member)));
  try {
    await session.mark();
    const owner = await lookAtMember(joint.owner);
    const shape = (member: number, look: Look) => ({
      columns: look.columns,
      mapping: of(member).config.attributes,
    });
    const fits: Fit[] = [];
    const unfit = new Map<number, string>();
    for (const member of joint.copies) {
      const look = await lookAtMember(member);
      const places = fitColumns(shape(joint.owner, owner), shape(member, look), joint.attributes);
      const named = owner.columns.findLastIndex((c) => c.name === joint.identity);
      if (typeof places === "string") unfit.set(member, places);
      else if (places[named] == null) unfit.set(member, `its query has no ${joint.identity}`);
      else fits.push({ member, look, places });
    }
    await session.unmark();
    return { joint, owner, fits, unfit };
  } catch (e) {
    await session.backToMark(context.clock).catch(() => undefined); // where the connection is lost the next statement says so
    throw postgresError(of(joint.owner).name, e);
  }
}

async function* readAll(
  readings: readonly Reading[],
  looked: readonly Looked[],
  asOf: Instant,
  travelled: Map<number, number>,
  context: Context,
): AsyncGenerator<Page> {
  const done = new Set<number>();
  for (const one of looked) {
    const sides = [one.joint.owner, ...one.fits.map((f) => f.member)];
    for (const member of sides) done.add(member);
    const owner = readings[one.joint.owner] as Reading;
    try {
      yield* readMarked(readings, one, sides, asOf, travelled, context);
    } catch (e) {
      throw failure(owner.database, owner.name, e, context);
    }
  }
  for (const reading of readings) {
    if (done.has(reading.index)) continue;
    if ((yield* readTarget(reading, context)) === null) return;
  }
}

/** An owner's target and those of its copies, from one statement. */
async function* readMarked(
  readings: readonly Reading[],
  { joint, owner, fits }: Looked,
  sides: readonly number[],
  asOf: Instant,
  travelled: Map<number, number>,
  context: Context,
): AsyncGenerator<Page> {
  const { copy } = readings[joint.owner] as Reading;
  if (copy === null || context.intake === undefined) throw notTaken(joint, readings);
  const sqlAt = (member: number): string => sqlOf(readings[member] as Reading);
  const id = owner.columns.findLastIndex((c) => c.name === joint.identity);
  const query = markedQuery(
    joint.identity,
    id,
    { sql: sqlAt(joint.owner), columns: owner.columns },
    fits.map((f) => ({ sql: sqlAt(f.member), columns: f.look.columns, places: f.places })),
  );
  const own = owner.columns.map((_, c) => c);
  const looks = [owner, ...fits.map((f) => f.look)];
  const places = [own, ...fits.map((f) => f.places)];
  const order = new MarkedOrder(sides.length);
  const tables: RawRows[] = [];
  const records = sides.map(() => 0);
  try {
    for (const [side, member] of sides.entries()) {
      const columns = columnsAs((looks[side] as Look).columns, places[side] ?? [], 2);
      const table = context.intake.open({
        plan: readerOf(readings[member] as Reading, columns).plan,
        columns: columns.length,
        delimiter: ",",
        header: false,
        bareIsNull: true,
        targets: [
          { index: member, where: { columns: [own.length], fits: (f) => isMarked(f[own.length], side) } },
        ],
        // every row is in the owner's table
        ...(side === 0
          ? {
              notes: { columns: [own.length + 1], note: (_: number, pos: string) => order.next(Number(pos)) },
            }
          : {}),
      });
      if (table === null) throw notTaken(joint, readings);
      tables.push(table);
    }
    for await (const block of copy.blocks(query)) {
      const taken = tables.map((table, side) => {
        const took = table.take(block, false);
        if (took === null || took.bytes !== block.length) throw notTaken(joint, readings);
        const n = took.records[0] ?? 0;
        records[side] = (records[side] ?? 0) + n;
        return { target: sides[side] as number, records: n };
      });
      if (!order.kept) throw notTaken(joint, readings);
      yield { items: [], asOf, ends: [], taken };
      stopped((readings[joint.owner] as Reading).config.id, context);
    }
  } finally {
    for (const table of tables) table.close();
  }
  const ends = sides.map((member, side) =>
    wholeOf(readings[member] as Reading, records[side] ?? 0, fieldsOf(typed((looks[side] as Look).columns))),
  );
  for (const { member } of fits) travelled.set(member, order.rows[sides.indexOf(member)] ?? 0);
  yield { items: [], asOf, ends };
}

const notTaken = (joint: Joint, readings: readonly Reading[]): AuditorError =>
  new AuditorError(
    "unsupported",
    (readings[joint.owner] as Reading).name,
    "the answer cannot be taken apart here",
    "none is needed",
  );
