import type { AuditorError } from "../../core/errors.ts";
import type { IdentifierKind } from "../../core/model.ts";
import type { Column, TextRow } from "../../systems/sql/row.ts";
import type { Attributes, Membership, Names, Suppress } from "./sql-targets.ts";

/** A person of one statement: `norm` as we compare, `raw` as we would insert. Both travel as parameters only. */
export type Person = { readonly norm: string; readonly raw: string };
/** People by what we compare them with. */
export type Norms = ReadonlySet<string>;
export type Right = "insert" | "delete" | "update";

/** One connection of the writer. Statements throw what the database throws. */
export type SqlWriteSession = {
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Around each statement, so that one that does not fit can be taken back alone. */
  mark(): Promise<void>;
  unmark(): Promise<void>;
  backToMark(): Promise<void>;
  /** @returns those who were not on the list before */
  insertMembers(m: Membership, list: string | null, people: readonly Person[]): Promise<Norms>;
  /** @returns those who were on the list before; all spellings of a person go */
  deleteMembers(m: Membership, list: string | null, people: readonly Person[]): Promise<Norms>;
  /** Current values of one column, by person and locked until the end of the transaction. */
  lockedValues(
    t: Attributes | Suppress,
    column: string,
    people: readonly Person[],
  ): Promise<ReadonlyMap<string, readonly (string | null)[]>>;
  /** Sets one column. @returns those whose value changed */
  updateValues(
    t: Attributes | Suppress,
    column: string,
    values: readonly { readonly norm: string; readonly value: string | null }[],
  ): Promise<Norms>;
  /** Begins a transaction that can only read and sees one moment. */
  beginReadOnly(): Promise<void>;
  /** Rows of a query whose identifier, normalised, is one of `ids`. */
  rowsOf(
    sql: string,
    kind: IdentifierKind,
    ids: readonly string[],
  ): Promise<{ readonly columns: readonly Column[]; readonly rows: readonly TextRow[] }>;
  /** Does the role have this right on the table, or on one column of it? */
  may(right: Right, table: string, column: string | null): Promise<boolean>;
  end(): Promise<void>;
};

export type SqlWriteDatabase = {
  readonly names: Names;
  open(readOnly: boolean): Promise<SqlWriteSession>;
  error(where: string, e: unknown): AuditorError;
  isLost(e: unknown): boolean;
};
