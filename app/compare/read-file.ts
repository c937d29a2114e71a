import { AuditorError } from "../../core/errors.ts";
import type { IdentifierKind, Instant, MemberRow } from "../../core/model.ts";
import type { Keys } from "../../members/keys.ts";
import { SetBuilder } from "../../members/set-builder.ts";
import type { SetSummary } from "../../members/set-terms.ts";
import type { TableFile } from "../../systems/files/table-file.ts";
import type { Chosen } from "./columns.ts";
import { changedError } from "./unchanged.ts";

export type ReadOptions = {
  readonly identity: IdentifierKind;
  readonly keys: Keys;
  /** Where the member set goes, and the sealed rows if people are to be named. */
  readonly setFile: string;
  readonly spoolFile: string | null;
  readonly temporaryFolder: string;
  /** Bytes of rows in memory; null: what the builder takes. */
  readonly memory: number | null;
  readonly signal: AbortSignal;
  /** Told after every batch: about how many bytes of text it had. */
  read(bytes: number): void;
};

/** Attributes have numbers for names inside the sets, so that no header, however hostile, becomes a property name. */
export const innerName = (attribute: number): string => `a${attribute}`;

/** @throws AuditorError interrupted */
export function goOn(signal: AbortSignal): void {
  if (signal.aborted)
    throw new AuditorError("interrupted", "compare", "stopped before the end", "run it again");
}

/**
 * Reads a whole file into a member set.
 *
 * @throws AuditorError bad_data or transient when it cannot be read to its end; then there is no set
 */
export async function readFile(table: TableFile, chosen: Chosen, o: ReadOptions): Promise<SetSummary> {
  const builder = new SetBuilder({
    identity: o.identity,
    attributes: chosen.attributes.map((_, a) => innerName(a)),
    rules: {},
    keys: o.keys,
    epoch: 0,
    spool: o.spoolFile !== null,
    temporaryFolder: o.temporaryFolder,
    ...(o.memory === null ? {} : { maxBytesInMemory: o.memory }),
  });
  try {
    let n = 1;
    for await (const batch of table.rows()) {
      goOn(o.signal);
      for (const fields of batch) builder.add(memberRow(fields, ++n, chosen, o.identity));
      o.read(approximateBytes(batch));
    }
    goOn(o.signal);
  } catch (error) {
    builder.discard();
    throw error;
  }
  return builder.finish({
    file: o.setFile,
    spoolFile: o.spoolFile,
    previous: null,
    asOf: table.asOf,
    ordinal: null,
  });
}

const HERE: readonly number[] = [0];

function memberRow(
  fields: readonly string[],
  row: number,
  chosen: Chosen,
  identity: IdentifierKind,
): MemberRow {
  const attributes: Record<string, string | null> = {};
  for (let a = 0; a < chosen.attributes.length; a++) {
    attributes[innerName(a)] = fields[chosen.attributes[a] as number] || null;
  }
  return {
    id: String(row),
    identifiers: { [identity]: fields[chosen.id] ?? "" },
    attributes,
    consent: "unknown",
    mailable: null,
    of: HERE,
  };
}

const SAMPLE = 8;

function approximateBytes(batch: readonly (readonly string[])[]): number {
  let sampled = 0;
  const step = Math.max(1, Math.floor(batch.length / SAMPLE));
  let rows = 0;
  for (let i = 0; i < batch.length; i += step, rows++) {
    for (const field of batch[i] as readonly string[]) sampled += field.length + 1;
  }
  return rows === 0 ? 0 : (sampled / rows) * batch.length;
}

/** A file as it was first opened, to be read again: that must be the same file still. */
export type Reopened = { readonly label: string; readonly asOf: Instant };

/** @throws AuditorError transient */
export function sameFile(table: TableFile, before: Reopened): TableFile {
  if (table.asOf === before.asOf) return table;
  throw changedError(before.label);
}
