import type { Static } from "typebox";
import type * as schema from "./report-schema.ts";

export type AttributeReport = Static<typeof schema.AttributeReport>;
export type FileReport = Static<typeof schema.FileReport>;
/** Counts only: no identifier and no value of anybody. Unknown is null, never 0. */
export type CompareReport = Static<typeof schema.CompareReport>;

/** People whose value of the attribute is not the owner's, empty on one side included. */
export const mismatched = (a: AttributeReport): number => a.differ + a.emptyHere + a.emptyAtOwner;

export const isCompared = (f: FileReport): boolean => f.cantTell === null;

/** Is anybody missing, extra or different? */
export const differs = (f: FileReport): boolean =>
  (f.missing ?? 0) > 0 || (f.extra ?? 0) > 0 || f.attributes.some((a) => mismatched(a) > 0);
