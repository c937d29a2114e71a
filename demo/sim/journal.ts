import { appendFileSync } from "node:fs";

/** One mutation that a client caused. `effective` is false when nothing changed by it. */
export type JournalEntry<S> = {
  readonly seq: number;
  readonly at: string;
  /** The vendor's own word for what was done. */
  readonly op: string;
  /** The vendor's id of the record. */
  readonly memberId: string;
  readonly effective: boolean;
  readonly before: S | null;
  readonly after: S | null;
};

/**
 * The truth about what was done to a simulator: append-only, in memory and, if wanted, in a file that survives a kill.
 * `S` is a record at one moment, in plain words.
 */
export class Journal<S> {
  readonly entries: JournalEntry<S>[] = [];
  readonly #file: string | null;

  constructor(file: string | null) {
    this.#file = file;
  }

  record(atMs: number, op: string, memberId: string, before: S | null, after: S | null): JournalEntry<S> {
    const entry: JournalEntry<S> = {
      seq: this.entries.length + 1,
      at: new Date(atMs).toISOString(),
      op,
      memberId,
      effective: JSON.stringify(before) !== JSON.stringify(after),
      before,
      after,
    };
    this.entries.push(entry);
    if (this.#file) appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
    return entry;
  }
}
