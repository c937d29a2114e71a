import type { Instant } from "../../core/model.ts";
import type { RawRows, Taken } from "../../core/row-plan.ts";
import type { CsvEnd } from "./csv.ts";
import type { ParquetEnd } from "./parquet.ts";

/** Proof that the whole file was read. */
export type TableEnd = CsvEnd | ParquetEnd;

/** An export that was opened: rows of text under named columns, whatever the format. */
export type TableFile = {
  readonly label: string;
  /** Column names, trimmed, in the order of the file; unnamed columns are "". */
  readonly columns: readonly string[];
  /** Last change of the file: the moment whose truth it shows at best. */
  readonly asOf: Instant;
  /** How many rows the file says it has; null: the format does not say. */
  readonly declaredRows: number | null;
  /**
   * Records in batches, every one with as many fields as there are columns; nothing is "". Can be read once.
   *
   * @throws AuditorError bad_data `file:line problem → fix` when the rest cannot be read; transient when the file
   *   changed meanwhile. The batches before stay valid, as a part.
   */
  rows(): AsyncGenerator<readonly (readonly string[])[]>;
  /**
   * Gives the bytes of whole records to `take`, from the first line on, until it refuses or the file ends; `rows` then gives
   * what is left. Absent: this format has no bytes to give. Call it before `rows`.
   *
   * @returns what was taken of each block
   * @throws as `rows`
   */
  readonly bytes?: {
    readonly delimiter: string;
    give(take: RawRows["take"]): AsyncGenerator<Taken>;
  };
  /** null until the last batch was given. */
  end(): TableEnd | null;
  close(): Promise<void>;
};
