import { mkdtempSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTable, proofOf } from "./table.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-parquet-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

let n = 0;
const place = (): string => join(folder, `${n++}.parquet`);

/** Written by another library than the one that reads. */
async function duck(query: string, options = ""): Promise<string> {
  const path = place();
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(`copy (${query}) to '${path}' (format parquet${options})`);
  connection.closeSync();
  return path;
}

async function read(path: string) {
  const table = await openTable(path, "crm/people.parquet");
  try {
    const rows: (readonly string[])[] = [];
    for await (const batch of table.rows()) rows.push(...batch);
    const end = table.end();
    return {
      columns: table.columns,
      declared: table.declaredRows,
      rows,
      proof: end === null ? null : proofOf(end),
    };
  } finally {
    await table.close();
  }
}
const message = async (path: string): Promise<string> => {
  const answer = await read(path).catch((e: Error) => e);
  if (!(answer instanceof Error)) throw new Error("it was read without an error");
  return answer.message;
};

const PEOPLE =
  "select 'p' || i || '@x.com' as email, case when i % 2 = 0 then 'pro' end as plan from range(7) t(i)";

describe("reads", () => {
  test.each(["uncompressed", "snappy", "gzip", "brotli"])("%s", async (codec) => {
    const got = await read(await duck(PEOPLE, `, compression ${codec}`));
    expect(got).toMatchObject({
      columns: ["email", "plan"],
      declared: 7,
      proof: "7 rows, as its footer says",
    });
    expect(got.rows[0]).toEqual(["p0@x.com", "pro"]);
    expect(got.rows[1]).toEqual(["p1@x.com", ""]);
    expect(got.rows.length).toBe(7);
  });

  test("what another writer wrote", async () => {
    const path = place();
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: " email ", data: ["Ann@x.com", "bø@x.com"], type: "STRING" },
        { name: "n", data: [1, 2], type: "INT32" },
      ],
    });
    writeFileSync(path, Buffer.from(bytes));
    expect(await read(path)).toMatchObject({
      columns: ["email", "n"],
      rows: [
        ["Ann@x.com", "1"],
        ["bø@x.com", "2"],
      ],
    });
  });

  test("values as a CSV export writes them", async () => {
    const path =
      await duck(`select 9007199254740993::bigint as big, 1.15::decimal(10,2) as price, 0.1::float as single,
      0.1::double as double, true as yes, date '2026-02-28' as day, timestamp '2026-02-28 10:20:30.5' as ts,
      timestamptz '2026-02-28 10:20:30+02' as tz, null::varchar as nothing, '' as empty, ['a', 'b'] as list,
      'nan'::double as nan, '{"a": 1}'::json as doc`);
    expect((await read(path)).rows).toEqual([
      [
        "9007199254740993",
        "1.15",
        "0.1",
        "0.1",
        "true",
        "2026-02-28",
        "2026-02-28T10:20:30.500Z",
        "2026-02-28T08:20:30.000Z",
        "",
        "",
        '["a","b"]',
        "",
        '{"a": 1}',
      ],
    ]);
  });

  test("row group by row group, in order; a list of nobody", async () => {
    const path = await duck(
      "select i::varchar as customer_id from range(20000) t(i)",
      ", row_group_size 4096",
    );
    const { rows, declared } = await read(path);
    expect(declared).toBe(20_000);
    expect(rows.map((r) => Number(r[0]))).toEqual(Array.from({ length: 20_000 }, (_, i) => i));
    const none = await duck("select 'x' as email where false");
    expect(await read(none)).toMatchObject({
      columns: ["email"],
      declared: 0,
      rows: [],
      proof: "0 rows, as its footer says",
    });
  });
});

describe("never silently", () => {
  test.each<[string, (path: string) => void, string]>([
    [
      "cut off",
      (p) => truncateSync(p, 200),
      "crm/people.parquet: the Parquet file is damaged: its end is missing → copy or export it again",
    ],
    [
      "a footer that is not one",
      (p) => {
        const bytes = readFileSync(p);
        bytes.writeUInt32LE(bytes.length * 2, bytes.length - 8);
        writeFileSync(p, bytes);
      },
      "crm/people.parquet: the Parquet file is damaged: the footer cannot be read → copy or export it again",
    ],
    [
      "damaged rows",
      (p) => {
        const bytes = readFileSync(p);
        bytes.fill(0xff, 4, 120);
        writeFileSync(p, bytes);
      },
      "crm/people.parquet: the Parquet file is damaged: its rows cannot be read → copy or export it again",
    ],
    [
      "fewer rows than the footer counts",
      (p) => {
        const bytes = readFileSync(p);
        const rows = bytes.lastIndexOf(Buffer.from([0x16, 14, 0x19])); // num_rows: 7, before the list of row groups
        bytes[rows + 1] = 16;
        writeFileSync(p, bytes);
      },
      "crm/people.parquet: the Parquet file is damaged: 7 rows where the footer says 8 → copy or export it again",
    ],
    [
      "encrypted",
      (p) => writeFileSync(p, "PARE and more"),
      "crm/people.parquet: the Parquet file is encrypted → export it without encryption",
    ],
  ])("%s", async (_, harm, said) => {
    const path = await duck(PEOPLE);
    harm(path);
    expect(await message(path)).toBe(said);
  });

  test("a codec that cannot be unpacked here", async () => {
    expect(await message(await duck(PEOPLE, ", compression lz4_raw"))).toMatch(
      /Parquet compressed with LZ4_RAW is not read here → write it with Snappy or gzip$/,
    );
  });

  test("an id that would lose its last digits", async () => {
    const path = await duck("select 12345678901234567::decimal(38,0) as customer_id");
    expect(await message(path)).toMatch(
      /column “customer_id” holds decimals of more than 15 digits → export it as text/,
    );
  });

  test("changed while it was read", async () => {
    const path = await duck(PEOPLE);
    const table = await openTable(path, "x");
    utimesSync(path, new Date(1), new Date(1));
    await expect(
      (async () => {
        for await (const _ of table.rows());
      })(),
    ).rejects.toMatchObject({ kind: "transient" });
    await table.close();
  });
});
