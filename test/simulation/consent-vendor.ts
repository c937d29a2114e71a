import type { SegmentSource } from "../../core/model.ts";
import type { Writer } from "../../core/ports.ts";
import type { Account } from "./in-process.ts";

import type { Random } from "./random.ts";

/**
 * Where a person stands with a vendor, read from the account itself. `may`: every way in which mail can reach them now;
 * `noes`: every no of theirs that is on record; `groups`: all lists and labels but the segment under test.
 */
export type Standing = {
  readonly may: ReadonlySet<string>;
  readonly noes: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
};

export type ConsentVendor = Account & {
  readonly name: string;
  readonly writer: Writer;
  /** Every kind of segment that the configuration can name here, and one of another system. */
  readonly sources: readonly SegmentSource[];
  /** Fields to set: some plain, some that bear consent under one name or another, some that nobody mapped. */
  readonly attributes: readonly string[];
  /** Puts people in anew, each in a state of the seed's choice; some are not there at all. */
  seed(r: Random, emails: readonly string[]): void;
  /** null: the vendor has no such person. */
  standing(email: string): Standing | null;
  /** The person, or another program, changes something. */
  act(r: Random, email: string): void;
  /** How many at a time: enough for its batches, few enough for its simulator to be quick. */
  readonly people: number;
  /** A person stays known after every operation of ours; false: leaving the last list forgets them. */
  readonly keepsRecords: boolean;
  close(): Promise<void>;
};

export const quick = { random: () => 0.5, sleep: async () => undefined };
/** Names under which a buggy plan might try to give consent. */
const HOSTILE = ["marketing_consent", "subscribed", "opt_in", "status", "plain_name"];
export const mapped = (fields: readonly string[]): Record<string, string> =>
  Object.fromEntries([
    ["name", fields[0] ?? ""],
    ...HOSTILE.map((h, i) => [h, fields[i % fields.length] ?? ""]),
  ]);
