import { DuckDBInstance } from "@duckdb/node-api";

/** Per system but the owner. */
export type Counts = readonly { readonly missing: number; readonly extra: number; readonly differ: number }[];

/** The same counts from one query over the files, as an analyst would write it. */
export async function duckdbCompare(files: readonly string[]): Promise<Counts> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const unions = files.map(
      (file, s) =>
        `select lower(trim(email)) as person, plan, ${s} as system from read_csv('${file.replaceAll("'", "''")}')`,
    );
    const pivot = files.map((_, s) => `max(plan) filter (system = ${s}) as p${s}`).join(", ");
    const counts = files.slice(1).flatMap((_, s) => {
      const here = `p${s + 1}`;
      return [
        `count(*) filter (p0 is not null and ${here} is null)`,
        `count(*) filter (p0 is null and ${here} is not null)`,
        `count(*) filter (p0 <> ${here})`,
      ];
    });
    const reader = await connection.runAndReadAll(
      `with records as (${unions.join(" union all ")}), people as (select person, ${pivot} from records group by person) select ${counts.join(", ")} from people`,
    );
    const row = (reader.getRows()[0] ?? []).map(Number);
    return files
      .slice(1)
      .map((_, s) => ({ missing: row[3 * s] ?? 0, extra: row[3 * s + 1] ?? 0, differ: row[3 * s + 2] ?? 0 }));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
