import type { ConsentState, IdentifierKind, Instant } from "./model.ts";

/** Text of one field of a record; null: the database says that there is nothing. */
export type Field = string | null;

/** What a record says of mail, apart from its times. */
export type RecordFacts = {
  readonly consent: ConsentState;
  readonly mailable: boolean | null;
  /** null: the system did not say. */
  readonly bounced: boolean | null;
  /** Column with the consent's time; −1: it is not known. */
  readonly consentAt: number;
  /** Does the record have its consent in detail too, as one that holds for all mail? */
  readonly detailed: boolean;
};

/**
 * How the columns of one table become member rows, column by column: the same functions as the reader uses that makes an
 * object of each record. Columns are numbers from 0; −1: there is no such column.
 */
export type RowPlan = {
  readonly identifiers: Readonly<Partial<Record<IdentifierKind, number>>>;
  /** The system's own id; where it is empty the customer id, e-mail or phone number stands in, in this order. */
  readonly recordId: number;
  /** Canonical name → column. */
  readonly attributes: ReadonlyMap<string, number>;
  /** Columns of a yes or no, which `value` gives one spelling. */
  readonly yesNo: ReadonlySet<number>;
  readonly updatedAt: number;
  /** Columns that `facts` looks at: those whose text counts, and those of which it only asks whether they are empty. */
  readonly deciding: readonly number[];
  readonly filled: readonly number[];
  /** @param fields with a text at least in those columns */
  facts(fields: readonly Field[]): RecordFacts;
  time(text: Field): Instant | null;
  value(column: number, text: Field): string | null;
};

/** A table that is read as bytes of CSV. */
export type RawTable = {
  readonly plan: RowPlan;
  readonly columns: number;
  readonly delimiter: string;
  /** The first record names the columns. */
  readonly header: boolean;
  /** An empty field is null without quotes and empty text with them; else both are nothing. */
  readonly bareIsNull: boolean;
  readonly targets: readonly RawTarget[];
  /** Columns of which filled fields are to be told; absent: none. */
  readonly notes?: {
    readonly columns: readonly number[];
    /** @returns false: no more of this column */
    note(column: number, text: string): boolean;
  };
};

export type RawTarget = {
  /** Index into the targets of the read. */
  readonly index: number;
  /** Which records belong to it, by these columns; null: all. */
  readonly where: { readonly columns: readonly number[]; fits(fields: readonly Field[]): boolean } | null;
};

/** What was taken of a block. */
export type Taken = {
  /** Whole records only: the bytes behind them come again, before the next block. */
  readonly bytes: number;
  /** The header is behind, of this block or one before. */
  readonly header: boolean;
  /** Records in those bytes, whether they belong to a target or not. */
  readonly rows: number;
  /** Records of each of the table's targets. */
  readonly records: readonly number[];
};

/** Takes one table, block by block. Call `close` before the rows are used. */
export type RawRows = {
  /**
   * @param bytes UTF-8 without NUL, from the beginning of a record
   * @param last no bytes follow
   * @returns null: a record is not plain CSV, or the block too large; nothing of it was taken
   */
  take(bytes: Uint8Array, last: boolean): Taken | null;
  close(): void;
};

/** Takes records as bytes, so that no object is made of each. */
export type RawIntake = {
  /** null: the records of this table have to be given one by one. */
  open(table: RawTable): RawRows | null;
};
