import { join } from "node:path";
import { type IdentifierKind, type Instant, systemId } from "../../core/model.ts";
import { compareSets } from "../../members/compare-sets.ts";
import type { Keys } from "../../members/keys.ts";
import { type MemberSet, openSet } from "../../members/member-set.ts";
import type { SetSummary } from "../../members/set-terms.ts";
import type { TableFile } from "../../systems/files/table-file.ts";
import { batches } from "../../systems/postgres/cursor.ts";
import { differenceQuery, type Side } from "../../systems/postgres/difference-sql.ts";
import { postgresError } from "../../systems/postgres/error.ts";
import { bytesPerSecond, keepsUtf8 } from "../../systems/postgres/link.ts";
import { isPlain } from "../../systems/postgres/plain.ts";
import { count } from "../api/views/words.ts";
import type { Counted, ReadCounts } from "./build-report.ts";
import type { Chosen } from "./columns.ts";
import { choosePushdown } from "./pushdown-cost.ts";
import { goOn, innerName, readFile } from "./read-file.ts";
import type { Connection, SegmentTable } from "./segment-table.ts";
import { type Told, toldRows } from "./told-rows.ts";

export type PushInput = {
  readonly tables: readonly TableFile[];
  readonly chosen: readonly Chosen[];
  readonly owner: number;
  readonly identity: IdentifierKind;
  readonly keys: Keys;
  readonly temporaryFolder: string;
  /** As in CompareOptions. */
  readonly memory: number | null;
  readonly signal: AbortSignal;
  /** Elapsed milliseconds from any start. */
  elapsed(): number;
  /** Told how it was compared, or why it was not compared on the server. */
  told(words: string): void;
};

export type Pushed = {
  readonly counts: readonly [ReadCounts, ReadCounts];
  readonly counted: Counted;
  /** The moment that both show. */
  readonly asOf: Instant;
};

const isSegment = (table: TableFile): table is SegmentTable => "segment" in table;

/**
 * Compares two segments on the server where both live, so that only people who differ, or whose identifier is not plain,
 * travel. The counts are those of reading both.
 *
 * @returns null: to be read in the ordinary way, since these are not two such segments, since that is cheaper, or since
 *   the server refused; what it refused is undone, and `told` knows why
 * @throws AuditorError interrupted
 */
export async function compareByPostgres(i: PushInput): Promise<Pushed | null> {
  const segments = i.tables.filter(isSegment);
  const [a, b] = segments;
  if (a === undefined || b === undefined || i.tables.length !== segments.length) return null;
  const why = notTogether(i, segments, a, b);
  if (why !== null) {
    i.told(`read and compared here: ${why}`);
    return null;
  }
  let connection: Connection | null = null;
  try {
    connection = await a.segment.connect();
    if (isPlain(connection.client)) {
      i.told("read and compared here: the server is not Postgres, though it speaks its protocol");
      return null;
    }
    const speed = await bytesPerSecond(connection.client, i.elapsed);
    const choice = choosePushdown([a.segment.look, b.segment.look], speed);
    if (choice.push) return await compareThere(i, connection, a, b, choice.because);
    i.told(`read and compared here: ${choice.because}`);
    return null;
  } catch (e) {
    goOn(i.signal);
    i.told(
      `read and compared here, since the server did not compare them: ${postgresError(a.label, e).message}`,
    );
    return null;
  } finally {
    await connection?.close();
  }
}

/** Why these two cannot be compared by one statement; null: they can. */
function notTogether(
  i: PushInput,
  segments: readonly SegmentTable[],
  a: SegmentTable,
  b: SegmentTable,
): string | null {
  if (segments.length !== 2) return "more than two segments";
  if (a.segment.place === null || a.segment.place !== b.segment.place)
    return "the segments are not in one database, read by one role";
  if (i.identity === "phone") return "phone numbers have too many spellings for the server";
  return null;
}

async function compareThere(
  i: PushInput,
  { client, asOf, received }: Connection,
  a: SegmentTable,
  b: SegmentTable,
  because: string,
): Promise<Pushed | null> {
  if (i.identity === "phone") return null;
  if (!(await keepsUtf8(client))) {
    i.told("read and compared here: the database does not keep UTF-8");
    return null;
  }
  const query = differenceQuery(i.identity, [sideOf(a, i.chosen[0]), sideOf(b, i.chosen[1])]);
  const before = received();
  const told = await toldRows(batches(client, query.text, undefined, query.values), asOf, [a.label, b.label]);
  const summaries: SetSummary[] = [];
  const chosen: Chosen = { id: 0, attributes: told.empties.map((_, n) => n + 1) };
  for (const [s, table] of told.tables.entries()) {
    summaries.push(
      await readFile(table, chosen, {
        identity: i.identity,
        keys: i.keys,
        setFile: join(i.temporaryFolder, `pushed-${s}.pls`),
        spoolFile: null,
        temporaryFolder: i.temporaryFolder,
        memory: i.memory,
        signal: i.signal,
        read: () => undefined,
      }),
    );
  }
  if (summaries.some((s) => s.size + told.same === 0 && s.records > 0)) {
    i.told("read and compared here: the rows of one segment name nobody");
    return null;
  }
  const counted = withSame(await compareFew(i), told, i.owner);
  const travelled = summaries.reduce((n, s) => n + s.records, 0);
  const megabytes = ((received() - before) / 1e6).toFixed(1);
  i.told(
    `compared in the database: ${count(told.same)} people are the same, ${count(travelled)} rows (${megabytes} MB) travelled; ${because}`,
  );
  const [first, second] = summaries.map(
    (s): ReadCounts => ({
      size: s.size + told.same,
      records: s.records + told.same,
      duplicates: s.duplicates,
      invalid: s.invalid,
      duplicateByCase: s.duplicateByCase,
    }),
  );
  if (first === undefined || second === undefined) throw new RangeError("two segments have two readings");
  return { counts: [first, second], counted, asOf };
}

function sideOf({ segment }: SegmentTable, chosen: Chosen | undefined): Side {
  if (chosen === undefined) throw new RangeError("a segment without chosen columns");
  return { sql: segment.sql, columns: segment.look.columns, ...chosen };
}

/** The people who travelled, by the reference. */
async function compareFew(i: PushInput): Promise<Counted> {
  const sets: MemberSet[] = [];
  try {
    for (const s of [0, 1]) sets.push(await openSet(join(i.temporaryFolder, `pushed-${s}.pls`)));
    return await compareSets({
      purpose: "lifecycle",
      owner: systemId(String(i.owner)),
      segments: sets.map((set, s) => ({ system: systemId(String(s)), set, base: null, where: null })),
      excluded: [],
      keys: i.keys,
    });
  } finally {
    for (const set of sets) await set.close();
  }
}

const BOTH = "3";

/** Adds the people whom the server found the same: they are in both, and their values agree. */
function withSame(few: Counted, told: Told, owner: number): Counted {
  if (told.same === 0) return few;
  const perSystem = Object.entries(few.perSystem).map(([system, d]) => {
    const attributes = told.empties.map((empty, n) => {
      const of = d.attributes[innerName(n)];
      return [
        innerName(n),
        {
          equal: (of?.equal ?? 0) + told.same - empty,
          differ: of?.differ ?? 0,
          nullHere: of?.nullHere ?? 0,
          nullAtOwner: of?.nullAtOwner ?? 0,
          nullBoth: (of?.nullBoth ?? 0) + empty,
        },
      ] as const;
    });
    return [system, system === String(owner) ? d : { ...d, attributes: Object.fromEntries(attributes) }];
  });
  return {
    masks: { ...few.masks, [BOTH]: (few.masks[BOTH] ?? 0) + told.same },
    perSystem: Object.fromEntries(perSystem),
  };
}
