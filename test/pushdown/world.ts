import { randomBytes } from "node:crypto";
import { attributeWishes } from "../../app/compare/columns.ts";
import { compareFiles } from "../../app/compare/compare-files.ts";
import type { CompareReport } from "../../app/compare/report.ts";
import { openSegment } from "../../app/compare/segment-table.ts";
import type { PostgresSystem } from "../../core/config.ts";
import { pgSystem } from "../contract/postgres-world.ts";

export type Segment = {
  readonly dsn: string;
  readonly sql: string;
  readonly system?: Partial<PostgresSystem>;
};
export type Compared = { readonly report: CompareReport; readonly told: readonly string[] };

/**
 * Compares segments as `plumbline compare --config` does.
 *
 * @param speed of the link in bytes a second; 1: comparing in the database is always cheaper; null: --no-pushdown
 */
export async function compareSegments(
  segments: readonly Segment[],
  o: { attributes?: readonly string[]; id?: string; owner?: number; speed: number | null },
): Promise<Compared> {
  const told: string[] = [];
  let now = 0;
  const signal = new AbortController().signal;
  const report = await compareFiles({
    sources: segments.map((s, i) => {
      const label = `list@s${i}`;
      const system = pgSystem({ attributes: {}, ...s.system });
      const clock = { now: () => new Date() };
      return {
        path: label,
        label,
        open: () => openSegment({ system, label, sql: s.sql, dsn: s.dsn, clock, signal }),
      };
    }),
    owner: o.owner ?? 0,
    id: o.id ?? null,
    attributes: attributeWishes(o.attributes ?? []),
    people: null,
    memory: null,
    secret: randomBytes(32),
    signal,
    progress: () => undefined,
    ...(o.speed === null
      ? {}
      : {
          pushdown: {
            told: (words: string) => told.push(words),
            elapsed: () => {
              now += (2 ** 20 / (o.speed ?? 1)) * 1000;
              return now;
            },
          },
        }),
  });
  return { report, told };
}

/** All but the moment: two comparisons cannot be at the same one. */
export const counts = ({ report }: Compared): unknown => ({
  ...report,
  files: report.files.map(({ changedAt: _, ...file }) => file),
});
