import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { IdentifierKind } from "../../core/model.ts";
import type { Counts, FileCounts } from "./counts.ts";
import { type Case, isPacked } from "./generate.ts";

/**
 * The same comparison in SQL, from the same files, sharing no code with ours. It knows what a person is by its own rules, which agree
 * with ours on the `shared` alphabet only: DuckDB lower-cases letter by letter and counts characters, not UTF-16 units.
 */
export async function openDuckDb(): Promise<{
  /** The files are in `folder`. */
  compare(c: Case, folder: string): Promise<Counts>;
  close(): void;
}> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  return {
    compare: (c, folder) => compareBySql(connection, c, folder),
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

const text = (s: string): string => `'${s.replaceAll("'", "''")}'`;
/** White space as JavaScript has it; DuckDB's own `trim` takes off spaces only. */
const SPACE = text(
  "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff",
);
const trimmed = (column: string): string => `trim(coalesce(${column}, ''), ${SPACE})`;

const NO_VALUE = ["-", "n/a", "null", "none", "#ref!", "test", "placeholder", "not available"]
  .map(text)
  .join(", ");
const DIGITS = "regexp_replace(regexp_replace(t, '[ ().-]', '', 'g'), '^00', '+')";
/** What a trimmed text `t` becomes as an identifier; null: it names nobody. */
const PERSON: Readonly<Record<IdentifierKind, string>> = {
  email: `case when lower(nfc_normalize(t)) similar to '[^@]{1,64}@[^@]+'
      and length(t) <= 254
      and not regexp_matches(lower(nfc_normalize(t)), '[\\p{Cc}\\p{Cf}\\p{Co}\\p{Z}<>()\\[\\],;:\\\\"]')
      and regexp_full_match(split_part(lower(nfc_normalize(t)), '@', 2), '([^.-]([^.]{0,61}[^.-])?\\.)+[^.-]([^.]{0,61}[^.-])?')
    then lower(nfc_normalize(t)) end`,
  customer_id: `case when t <> '' and length(t) <= 512 and lower(t) not in (${NO_VALUE}) and not regexp_matches(t, '[\\p{Cc}\\p{Cf}]')
    then nfc_normalize(t) end`,
  phone: `case when regexp_full_match(${DIGITS}, '\\+(44|1|49)[0-9]{10}') then ${DIGITS} end`,
};

async function compareBySql(db: DuckDBConnection, c: Case, folder: string): Promise<Counts> {
  const reads = c.files.map(({ name }, s) => {
    const path = join(folder, name);
    const packed = isPacked(c.files[s] as Case["files"][number]) ? "gzip" : "none";
    const { delimiter, columns, idColumn, attributeColumns } = c.layouts[s] as Case["layouts"][number];
    const types = Array.from({ length: columns }, (_, i) => `c${i}: 'VARCHAR'`).join(", ");
    const values = attributeColumns.map((at, a) => `, nfc_normalize(${trimmed(`c${at}`)}) as a${a}`).join("");
    return `select ${s} as s, row_number() over () as n, ${trimmed(`c${idColumn}`)} as t${values}
      from read_csv(${text(path)}, columns = {${types}}, auto_detect = false, header = true, delim = ${text(delimiter)},
        quote = '"', escape = '"', parallel = false, compression = '${packed}')`;
  });
  const named = c.attributes.map((_, a) => `a${a}`);
  const first = named.map((a) => `, arg_min(${a}, n) as ${a}`).join("");
  await db.run(`create or replace temp table raw as ${reads.join(" union all ")}`);
  await db.run(`create or replace temp table named as select *, ${PERSON[c.identity]} as person from raw`);
  // Of several rows of one person the first one's values count.
  await db.run(`create or replace temp table people as
    select s, person, count(*) as n, count(distinct t) as spellings${first} from named where person is not null group by s, person`);
  const rows = await numbers(
    db,
    "select s, count(*), count(*) filter (person is null) from named group by s",
  );
  const people = await numbers(db, "select s, count(*), sum(spellings - 1) from people group by s");
  const files = c.files.map((_, s) => {
    const [, all = 0, unusable = 0] = rows.find((r) => r[0] === s) ?? [];
    const [, size = 0, respelled = 0] = people.find((r) => r[0] === s) ?? [];
    return { rows: all, unusable, size, respelled };
  });
  // A file with rows of which none names anybody was not understood, and is not compared.
  const compared = files.flatMap((f, s) => (f.size > 0 || f.rows === 0 ? [s] : []));
  const enough = compared.includes(c.owner) && compared.length > 1;
  const among = compared.length > 0 ? compared.join(", ") : "-1";
  const masks = await numbers(
    db,
    `select mask, count(*) from (select sum(1 << s) as mask from people where s in (${among}) group by person) group by mask order by mask`,
  );
  const has = (mask: number, s: number): boolean => Math.floor(mask / 2 ** s) % 2 === 1;
  const counted = (mine: (mask: number) => boolean): number =>
    masks.reduce((n, [mask = 0, here = 0]) => (mine(mask) ? n + here : n), 0);
  const told: FileCounts[] = [];
  for (const [s, f] of files.entries()) {
    const here = enough && compared.includes(s);
    told.push({
      rows: f.rows,
      people: compared.includes(s) ? f.size : null,
      duplicates: f.rows - f.unusable - f.size,
      respelled: f.respelled,
      unusable: f.unusable,
      missing: here ? counted((m) => has(m, c.owner) && !has(m, s)) : null,
      extra: here ? counted((m) => has(m, s) && !has(m, c.owner)) : null,
      attributes: here && s !== c.owner ? await agreement(db, c.owner, s, named) : [],
    });
  }
  return { files: told, masks: enough ? Object.fromEntries(masks.map(([m, n]) => [String(m), n ?? 0])) : {} };
}

async function agreement(
  db: DuckDBConnection,
  owner: number,
  s: number,
  named: readonly string[],
): Promise<number[][]> {
  const told: number[][] = [];
  for (const a of named) {
    const [counts] = await numbers(
      db,
      `select count(*) filter (h.${a} = o.${a} and h.${a} <> ''), count(*) filter (h.${a} <> o.${a} and h.${a} <> '' and o.${a} <> ''),
        count(*) filter (h.${a} = '' and o.${a} <> ''), count(*) filter (h.${a} <> '' and o.${a} = ''),
        count(*) filter (h.${a} = '' and o.${a} = '')
      from people h join people o on h.person = o.person and h.s = ${s} and o.s = ${owner}`,
    );
    told.push([...(counts ?? [])]);
  }
  return told;
}

async function numbers(db: DuckDBConnection, sql: string): Promise<number[][]> {
  const answer = await db.runAndReadAll(sql);
  return answer.getRows().map((row) => row.map(Number));
}
