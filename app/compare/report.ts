import type { AttributeReport, CompareReport, FileReport } from "./report-schema.ts";

// Types only: the schema's library takes longer to load than a small comparison.
export type { AttributeReport, CompareReport, FileReport };

/** People whose value of the attribute is not the owner's, empty on one side included. */
export const mismatched = (a: AttributeReport): number => a.differ + a.emptyHere + a.emptyAtOwner;

export const isCompared = (f: FileReport): boolean => f.cantTell === null;

/** Is anybody missing, extra or different? */
export const differs = (f: FileReport): boolean =>
  (f.missing ?? 0) > 0 || (f.extra ?? 0) > 0 || f.attributes.some((a) => mismatched(a) > 0);
