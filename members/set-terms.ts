import type { AttributeStates, IdentifierKind, Instant } from "../core/model.ts";
import type { ValidValues } from "./attribute-state.ts";
import type { Clashes } from "./clash-tally.ts";
import type { WasmModule } from "./kernel/wasm.ts";
import type { Keys } from "./keys.ts";
import type { MemberSet } from "./member-set.ts";

export type SetOptions = {
  readonly identity: IdentifierKind;
  /** Attributes to fingerprint, by canonical name. */
  readonly attributes: readonly string[];
  readonly rules: Readonly<Record<string, ValidValues>>;
  /** Of the attributes, those that every member has to have. */
  readonly required?: readonly string[];
  /** Attributes whose people are counted per value: never personal ones. Default: none. */
  readonly counted?: readonly string[];
  readonly keys: Keys;
  readonly epoch: number;
  /** Keep the rows, sealed, so that `finish` can write them beside the set. */
  readonly spool: boolean;
  /** Attributes that stand in those rows. Default: the tracked ones. */
  readonly spooled?: readonly string[];
  /** Also a fingerprint of the system's own record id, which tells that a person only changed the identifier. */
  readonly records?: boolean;
  /** Attributes whose values are counted by name: those that have a few, and none that is personal. */
  readonly enumerated?: readonly string[];
  /** The identifier that should name the same person, one to one; absent: clashes are not looked for. */
  readonly second?: IdentifierKind | null;
  /** Rows beyond this wait on the disk. Default 96 MB. */
  readonly maxBytesInMemory?: number;
  readonly temporaryFolder?: string;
  readonly randomBytes?: (n: number) => Uint8Array;
};

/** Counts of one reading. They are people, unless they say records. */
export type SetSummary = {
  readonly size: number;
  readonly records: number;
  /** Records with a usable identity, less people. */
  readonly duplicates: number;
  /** Records without a usable identity. */
  readonly invalid: number;
  /** Against `previous`; null without one. */
  readonly entries: number | null;
  readonly exits: number | null;
  /** null when the system says of nobody whether they can be mailed. */
  readonly mailable: number | null;
  readonly bounced: number;
  /** They sum to `size`. */
  readonly attributes: Record<string, AttributeStates>;
  /** People with all required attributes valid; null when none is required. */
  readonly completeAll: number | null;
  /** Of the `enumerated` attributes: value → records. */
  readonly values: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** People per value of each counted attribute, rare values pooled; null: too many values to be groups. */
  readonly distributions: Record<string, Record<string, number> | null>;
  /** Of the duplicates, records whose identifier is only spelled differently. */
  readonly duplicateByCase: number;
  /** null: not looked for, or no record has a second identifier. */
  readonly clashes: Clashes | null;
  /** People whose address looks like another's and is not; null: people are not named by e-mail. */
  readonly lookAlikes: { readonly people: number; readonly capped: boolean } | null;
  /** Of the set file. */
  readonly bytes: number;
};

export type Finish = {
  readonly file: string;
  readonly spoolFile: string | null;
  /** The set of the last complete scheduled reading. */
  readonly previous: MemberSet | null;
  readonly asOf: Instant;
  /** null: a manual or read-back reading. Its presence bit is its own: a later set built on it takes the bit back. */
  readonly ordinal: number | null;
  /** Joins the people with `previous`. Default: the one beside this code; null: the reference. */
  readonly kernel?: WasmModule | null;
};
