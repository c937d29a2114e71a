import { buildReport, type FileRead } from "./build-report.ts";
import { compareByPostgres, type PushInput } from "./by-postgres.ts";
import type { CompareReport } from "./report.ts";

/**
 * The report of two segments that one Postgres compared; null: they are to be read as files are.
 *
 * @throws AuditorError interrupted
 */
export async function pushedReport(
  i: PushInput & { readonly attributes: readonly string[] },
): Promise<CompareReport | null> {
  const result = await compareByPostgres(i);
  if (result === null) return null;
  return buildReport({
    reads: i.tables.map((table, f): FileRead => {
      const summary = result.counts[f] ?? null;
      return {
        label: table.label,
        coverage: "complete",
        because: null,
        table: { ...table, asOf: result.asOf },
        chosen: i.chosen[f] ?? null,
        summary,
        end: summary === null ? null : { rows: summary.records, footer: true },
      };
    }),
    owner: i.owner,
    identity: i.identity,
    attributes: i.attributes,
    compared: i.tables.map((_, f) => f),
    comparison: result.counted,
  });
}
