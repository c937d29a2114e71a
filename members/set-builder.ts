import { randomBytes } from "node:crypto";
import { AuditorError } from "../core/errors.ts";
import type { MemberRow } from "../core/model.ts";
import { consentByte } from "./consent-byte.ts";
import { fingerprinter } from "./fingerprint.ts";
import { advanceFrom } from "./kernel/advance.ts";
import { ownKernel } from "./kernel/own-kernel.ts";
import { LookAlikes } from "./look-alikes.ts";
import { normalise } from "./normalise.ts";
import { type KeyWriter, keyWriter } from "./person-key.ts";
import { PersonTally } from "./person-tally.ts";
import { checkPrevious, isDamaged } from "./previous-set.ts";
import { type Partitioned, RowLog } from "./row-log.ts";
import type { RowMaking } from "./row-making.ts";
import { identifierOf, spellingHasher, ValueReader } from "./row-reader.ts";
import {
  CONSENT_AT,
  PRINTS_AT,
  type RowShape,
  rowShape,
  SPELLING_AT,
  STATES_PER_WORD,
  UPDATED_AT,
} from "./row-shape.ts";
import { type SecondWriter, secondWriter } from "./second-identifier.ts";
import type { SetHead } from "./set-file.ts";
import { PARTITIONS, partitionsFor } from "./set-layout.ts";
import type { Finish, SetOptions, SetSummary } from "./set-terms.ts";
import { SetWriter } from "./set-writer.ts";
import { Spill } from "./spill.ts";
import { spoolText } from "./spool.ts";
import { SpoolWriter } from "./spool-writer.ts";
import { ValueCounts } from "./value-counts.ts";

/** Column of the record's own id; no attribute can have this name. */
export const RECORD_COLUMN = "#record";

/** Values that are named: as many records have them, so many of them, and no longer than a name. */
const NAMED = { least: 5, most: 40, letters: 40 };

/** A run on the disk holds at least this many rows, however small the limit. */
const LEAST_ROWS = 1024;

/** Collects the rows of one reading and writes them as a member set. Call `finish` or `discard`, once. */
export class SetBuilder {
  readonly #options: SetOptions;
  readonly #shape: RowShape;
  readonly #most: number;
  readonly #key: KeyWriter;
  readonly #spelling: (raw: string) => number;
  readonly #values: readonly ValueReader[];
  /** Columns of fingerprints: the attributes, and last the record's id where that is wanted. */
  readonly #columns: readonly string[];
  readonly #record: ((id: string) => number) | null;
  readonly #spooled: readonly string[];
  readonly #second: SecondWriter | null;
  readonly #lookAlikes: LookAlikes | null;
  #log: RowLog;
  #spill: Spill | null = null;
  #spilled = 0;
  #invalid = 0;

  constructor(options: SetOptions) {
    this.#options = options;
    this.#most = options.maxBytesInMemory ?? 96 << 20;
    this.#columns = options.records === true ? [...options.attributes, RECORD_COLUMN] : options.attributes;
    this.#record = options.records === true ? fingerprinter(options.keys) : null;
    this.#spooled = options.spooled ?? options.attributes;
    const second = options.second ?? null;
    this.#shape = rowShape(this.#columns.length, options.spool, second !== null);
    this.#key = keyWriter(options.keys);
    this.#second = second === null ? null : secondWriter(this.#key, second);
    this.#lookAlikes = options.identity === "email" ? new LookAlikes(this.#key) : null;
    this.#spelling = spellingHasher(options.keys);
    this.#values = options.attributes.map(
      (name) =>
        new ValueReader(
          name,
          Object.hasOwn(options.rules, name) ? (options.rules[name] ?? null) : null,
          options.keys,
        ),
    );
    this.#log = new RowLog(this.#shape.stride);
  }

  /** Rows added so far, duplicates and unusable ones included. */
  get records(): number {
    return this.#spilled + this.#log.rows + this.#invalid;
  }

  /** A row without a usable identity is counted; nothing in a row makes this throw. */
  add(row: MemberRow): void {
    const { identity } = this.#options;
    const raw = identifierOf(row, identity);
    const normal = raw === null ? null : normalise(identity, raw);
    if (raw === null || normal === null) {
      this.#invalid++;
      return;
    }
    const log = this.#log;
    const at = log.reserve();
    const words = log.words;
    this.#key(identity, normal, words, at);
    this.#lookAlikes?.add(normal, words, at);
    words[at + SPELLING_AT] = this.#spelling(raw.trim());
    words[at + CONSENT_AT] = consentByte(row.consent, row.mailable, row.bounced === true);
    const updated = row.updatedAt === undefined ? Number.NaN : Date.parse(row.updatedAt);
    // Seconds: finer than any export's clock can be trusted to be. 0: not known.
    words[at + UPDATED_AT] = Number.isNaN(updated) ? 0 : Math.max(0, Math.floor(updated / 1000));
    const values = this.#values;
    const { statesAt } = this.#shape;
    for (let a = 0; a < values.length; a++) {
      const value = values[a] as ValueReader;
      value.read(row);
      words[at + PRINTS_AT + a] = value.print;
      const word = at + statesAt + Math.floor(a / STATES_PER_WORD);
      words[word] = (words[word] as number) | (value.state << (3 * (a % STATES_PER_WORD)));
    }
    if (this.#record !== null) words[at + PRINTS_AT + values.length] = this.#record(row.id);
    if (this.#shape.secondAt !== null) this.#second?.(row, words, at + this.#shape.secondAt);
    if (this.#shape.payloadAt !== null) {
      log.putPayload(spoolText(row, this.#spooled), at + this.#shape.payloadAt);
    }
    log.take(at);
    if (log.bytes > this.#most && log.rows >= LEAST_ROWS) this.#overflow();
  }

  /** What makes rows of records elsewhere, as `add` does here. */
  get making(): RowMaking {
    return {
      options: this.#options,
      shape: this.#shape,
      key: this.#key,
      spelling: this.#spelling,
      values: this.#values,
      spooled: this.#spooled,
      lookAlikes: this.#lookAlikes,
    };
  }

  /** Number of the next chunk of payloads. */
  get nextChunk(): number {
    return this.#log.payload.length;
  }

  /** Rows that were made elsewhere, with their payloads in chunk `nextChunk`; both are copied. */
  takeRows(rows: Uint32Array, n: number, payload: Uint8Array, invalid: number): void {
    this.#log.takeRows(rows, n, payload);
    this.#invalid += invalid;
    if (this.#log.bytes > this.#most && this.#log.rows >= LEAST_ROWS) this.#overflow();
  }

  #overflow(): void {
    this.#spill ??= new Spill(this.#shape.stride, this.#options.temporaryFolder);
    this.#spill.write(this.#log, this.#shape.payloadAt);
    this.#spilled += this.#log.rows;
    this.#log = new RowLog(this.#shape.stride);
  }

  #enumerated(): SetSummary["values"] {
    const names = this.#options.enumerated ?? [];
    return Object.fromEntries(
      this.#options.attributes.flatMap((name, a) =>
        names.includes(name) ? [[name, (this.#values[a] as ValueReader).values(NAMED)]] : [],
      ),
    );
  }

  /** Gives everything free when the reading is not to be kept. */
  discard(): void {
    this.#spill?.close();
    this.#spill = null;
    this.#log = new RowLog(this.#shape.stride);
  }

  /**
   * Sorts, merges the records of each person (the strictest consent; attributes of the newest record), merges with
   * `previous`, and writes the set and its spool. Either both files are there in the end or neither. A `previous` that
   * turns out to be damaged is left out: it would stop every later reading, while without it the history begins anew.
   *
   * @throws AuditorError stale when `previous` is of another key epoch or identity; permanent when the disk refuses
   */
  async finish(o: Finish): Promise<SetSummary> {
    try {
      checkPrevious(o.previous, this.#options);
      const rows = this.#log.partition();
      try {
        return await this.#attempt(o, rows);
      } catch (e) {
        if (!isDamaged(o.previous, e)) throw e;
        return await this.#attempt({ ...o, previous: null }, rows);
      }
    } finally {
      this.discard();
    }
  }

  async #attempt(o: Finish, rows: Partitioned): Promise<SetSummary> {
    let set: SetWriter | null = null;
    let spool: SpoolWriter | null = null;
    try {
      const people = Math.max(this.#spilled + this.#log.rows, o.previous?.size ?? 0);
      set = await SetWriter.create(o.file, { partitions: partitionsFor(people) });
      if (this.#shape.payloadAt !== null && o.spoolFile !== null) {
        spool = await SpoolWriter.create(
          o.spoolFile,
          this.#options.keys,
          this.#options.randomBytes ?? randomBytes,
        );
      }
      return await this.#write(set, spool, o, rows);
    } catch (e) {
      await spool?.abort();
      await set?.abort();
      throw e instanceof AuditorError
        ? e
        : new AuditorError(
            "permanent",
            o.file,
            "the member set could not be written",
            "check the data folder and its free space, then audit again",
            { cause: e },
          );
    }
  }

  #countsOf(name: string): ValueCounts | null {
    const { counted = [], rules } = this.#options;
    if (!counted.includes(name)) return null;
    return new ValueCounts(Object.hasOwn(rules, name) && rules[name]?.values != null);
  }

  async #write(set: SetWriter, spool: SpoolWriter | null, o: Finish, last: Partitioned): Promise<SetSummary> {
    const valid = this.#spilled + this.#log.rows;
    const payload = this.#log.payload;
    const required = this.#options.required ?? [];
    const counts = this.#options.attributes.map((name) => this.#countsOf(name));
    const tally = new PersonTally(this.#columns, this.#shape, counts, required);
    // Where the previous set keeps each attribute; −1: it did not track it.
    const columns = this.#columns.map((name) => o.previous?.attributes.indexOf(name) ?? -1);
    const join = advanceFrom(o.kernel === undefined ? ownKernel() : o.kernel, {
      previous: o.previous,
      columns,
      keys: this.#options.keys,
      identity: this.#options.identity,
    });
    const twins = this.#lookAlikes?.counter() ?? null;
    let lookAlikes = 0;
    let entries = 0;
    let exits = 0;
    for (let p = 0; p < PARTITIONS; p++) {
      const { rows, chunks } = this.#spill?.load(p, last, payload, this.#shape.payloadAt) ?? {
        rows: last.rows.subarray(last.starts[p], last.starts[p + 1]),
        chunks: payload,
      };
      const present = tally.people(rows, chunks, spool !== null);
      lookAlikes += twins?.(p, present.part.keys, present.part.n) ?? 0;
      await spool?.write(present.part.keys, present.texts);
      const merged = await join(p, present.part);
      entries += merged.entries;
      exits += merged.exits;
      await set.write(merged.part);
    }
    const { previous } = o;
    const head: SetHead = {
      identity: this.#options.identity,
      attributes: this.#columns,
      asOf: o.asOf,
      ordinal: o.ordinal,
      epoch: this.#options.epoch,
      size: tally.size,
      reads: Math.min(64, (previous?.reads ?? 0) + (previous?.ordinal === null ? 0 : 1)),
    };
    // The spool first: a set without its spool can be used, a spool without its set is swept.
    await spool?.commit();
    const { [RECORD_COLUMN]: _id, ...attributes } = tally.attributes();
    return {
      size: tally.size,
      records: valid + this.#invalid,
      duplicates: valid - tally.size,
      invalid: this.#invalid,
      entries: previous === null ? null : entries,
      exits: previous === null ? null : exits,
      mailable: tally.mailable,
      bounced: tally.bounced,
      attributes,
      completeAll: required.length === 0 ? null : tally.complete,
      values: this.#enumerated(),
      distributions: Object.fromEntries(
        counts.flatMap((c, a) =>
          c === null
            ? []
            : [[this.#options.attributes[a], c.result((this.#values[a] as ValueReader).named())]],
        ),
      ),
      duplicateByCase: tally.duplicateByCase,
      clashes: tally.clashes?.result() ?? null,
      lookAlikes: this.#lookAlikes === null ? null : { people: lookAlikes, capped: this.#lookAlikes.capped },
      bytes: await set.commit(head),
    };
  }
}
