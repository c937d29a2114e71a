import type { CompareReport } from "../../app/compare/report.ts";

/** What every engine can count. A file that is not compared has no people, missing, extra or attributes: null, and none. */
export type FileCounts = {
  readonly rows: number;
  readonly people: number | null;
  readonly duplicates: number;
  readonly respelled: number;
  readonly unusable: number;
  readonly missing: number | null;
  readonly extra: number | null;
  /** Of each attribute: equal, differ, empty here, empty at the owner, empty in both. */
  readonly attributes: readonly (readonly number[])[];
};
export type Counts = {
  readonly files: readonly FileCounts[];
  /** People by the files that hold exactly them: bit f, file f. */
  readonly masks: Readonly<Record<string, number>>;
};

export function countsOf(report: CompareReport): Counts {
  const place = new Map(report.files.map((f, i) => [f.file, i]));
  return {
    files: report.files.map((f) => ({
      rows: f.rows ?? -1,
      people: f.people,
      duplicates: f.duplicates ?? -1,
      respelled: f.duplicatesBySpelling ?? -1,
      unusable: f.unusable ?? -1,
      missing: f.missing,
      extra: f.extra,
      attributes: f.attributes.map((a) => [a.equal, a.differ, a.emptyHere, a.emptyAtOwner, a.emptyInBoth]),
    })),
    masks: Object.fromEntries(
      report.overlap
        .map(
          ({ files, people }) => [files.reduce((m, f) => m + 2 ** (place.get(f) ?? 0), 0), people] as const,
        )
        .sort(([a], [b]) => a - b)
        .map(([mask, people]) => [String(mask), people]),
    ),
  };
}
