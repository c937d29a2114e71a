import type { FieldAgreement } from "../../core/comparison.ts";
import type { Coverage, IdentifierKind } from "../../core/model.ts";
import type { SetSummary } from "../../members/set-terms.ts";
import type { TableEnd, TableFile } from "../../systems/files/table-file.ts";
import type { Chosen } from "./columns.ts";
import { visible } from "./label.ts";
import { innerName } from "./read-file.ts";
import { type AttributeReport, type CompareReport, differs, type FileReport, isCompared } from "./report.ts";
import { USABLE } from "./words.ts";

export type ReadCounts = Pick<SetSummary, "size" | "records" | "duplicates" | "invalid" | "duplicateByCase">;

/** What the report takes from a comparison; systems are named by the number of their file. */
export type Counted = {
  readonly masks: Readonly<Record<string, number>>;
  readonly perSystem: Readonly<
    Record<
      string,
      {
        /** null: cannot tell. */
        readonly missing: number | null;
        readonly extra: number | null;
        readonly attributes: Readonly<Record<string, Omit<FieldAgreement, "missingHere"> | undefined>>;
      }
    >
  >;
};

/** How the reading of one file went. */
export type FileRead = {
  readonly label: string;
  readonly coverage: Coverage;
  /** Why it is not complete. */
  readonly because: string | null;
  readonly table: TableFile | null;
  readonly chosen: Chosen | null;
  /** null unless complete. */
  readonly summary: ReadCounts | null;
  /** null unless complete. */
  readonly end: TableEnd | null;
};

/** A list without rows is empty; a list with rows of which none names anybody was not understood. */
export const hasPeople = (s: { size: number; records: number }): boolean => s.size > 0 || s.records === 0;

export type ReportInput = {
  readonly reads: readonly FileRead[];
  readonly owner: number;
  readonly identity: IdentifierKind;
  readonly attributes: readonly string[];
  /** Files that were compared, in the order of the comparison's systems. */
  readonly compared: readonly number[];
  /** null: the owner or all others could not be compared. */
  readonly comparison: Counted | null;
};

export function buildReport(i: ReportInput): CompareReport {
  const owner = i.reads[i.owner]?.label ?? "";
  const files = i.reads.map((read, f) => fileReport(i, read, f, owner));
  const overlap = Object.entries(i.comparison?.masks ?? {}).map(([mask, people]) => ({
    files: i.compared.filter((_, s) => (Number(mask) & (1 << s)) !== 0).map((f) => i.reads[f]?.label ?? ""),
    people,
  }));
  overlap.sort((a, b) => b.people - a.people || b.files.length - a.files.length);
  return { verdict: verdictOf(files, overlap.length), identity: i.identity, owner, files, overlap };
}

function verdictOf(files: readonly FileReport[], groups: number): CompareReport["verdict"] {
  if (files.some(differs)) return "different";
  return files.every(isCompared) && groups > 0 ? "same" : "cant_tell";
}

function fileReport(i: ReportInput, read: FileRead, f: number, owner: string): FileReport {
  const { summary, table, chosen, end } = read;
  const idColumn = table === null || chosen === null ? null : visible(table.columns[chosen.id] ?? "");
  const difference = i.comparison?.perSystem[String(f)] ?? null;
  const columns = chosen?.attributes.map((at) => visible(table?.columns[at] ?? "")) ?? [];
  return {
    file: read.label,
    owner: f === i.owner,
    coverage: read.coverage,
    cantTell: cantTell(i, read, f, owner),
    changedAt: table?.asOf ?? null,
    idColumn,
    rows: summary?.records ?? null,
    people: summary === null || !i.compared.includes(f) ? null : summary.size,
    openEnd: end !== null && "finalNewline" in end && end.rows > 0 && !end.gzip && !end.finalNewline,
    duplicates: summary?.duplicates ?? null,
    duplicatesBySpelling: summary?.duplicateByCase ?? null,
    unusable: summary?.invalid ?? null,
    missing: difference?.missing ?? null,
    extra: difference?.extra ?? null,
    attributes:
      f === i.owner || difference === null
        ? []
        : i.attributes.map((name, a): AttributeReport => {
            const d = difference.attributes[innerName(a)];
            const [equal, differ, emptyHere, emptyAtOwner, emptyInBoth] = [
              d?.equal ?? 0,
              d?.differ ?? 0,
              d?.nullHere ?? 0,
              d?.nullAtOwner ?? 0,
              d?.nullBoth ?? 0,
            ];
            const compared = equal + differ + emptyHere + emptyAtOwner + emptyInBoth;
            return {
              name,
              column: columns[a] ?? name,
              compared,
              equal,
              differ,
              emptyHere,
              emptyAtOwner,
              emptyInBoth,
            };
          }),
  };
}

function cantTell(i: ReportInput, read: FileRead, f: number, owner: string): string | null {
  if (read.because !== null) return read.because;
  if (!i.compared.includes(f))
    return `no row has ${USABLE[i.identity]} in the column “${visible(read.table?.columns[read.chosen?.id ?? -1] ?? "")}”`;
  if (i.comparison !== null) return null;
  if (!i.compared.includes(i.owner))
    return `nothing to compare with: the owner ${owner} could not be compared`;
  return "nothing to compare with: no other file could be compared";
}
