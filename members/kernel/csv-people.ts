import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { AuditorError } from "../../core/errors.ts";
import type { IdentifierKind } from "../../core/model.ts";
import type { Keys } from "../keys.ts";
import type { Partition } from "../member-set.ts";
import { PARTITIONS } from "../set-file.ts";
import { domainOf, type Kernel, PAGE, spellingStart, startKernel } from "./instance.ts";
import { placeAt, recordBytes, UnusableRows } from "./row-places.ts";
import type { WasmModule } from "./wasm.ts";

export type CsvLayout = {
  readonly delimiter: string;
  /** Columns of every row. */
  readonly columns: number;
  readonly idColumn: number;
  readonly attributeColumns: readonly number[];
  readonly identity: IdentifierKind;
  /** Keep where each row stands, so that people can be named; records are longer then. */
  readonly places?: boolean;
};

/** Counts of one file; see SetSummary. */
export type CsvCounts = {
  readonly size: number;
  readonly records: number;
  readonly duplicates: number;
  readonly invalid: number;
  readonly duplicateByCase: number;
  readonly finalNewline: boolean;
};

const PAD = 128;
/** Bytes that are read and split at once; a longer row is for the reference. */
const WINDOW = 1 << 20;
const CHUNK_BYTES = 16_384;
const CHUNK_HEAD = 16;
const bodyBytes = (rows: number, attributes: number): number => rows * (24 + 4 * attributes);
const up = (n: number): number => Math.ceil(n / 64) * 64;

type Extent = { readonly at: number; readonly records: number };

/**
 * Reads a CSV file into sorted partitions, in a memory of its own. What is not plain CSV (a ragged row, a stray quote, not UTF-8)
 * is not judged here: `read` answers null, and the reference, which knows how to say what is wrong, reads the file instead.
 */
export class CsvPeople {
  readonly #kernel: Kernel;
  readonly #layout: CsvLayout;
  readonly #most: number;
  readonly #folder: string;
  readonly #record: number;
  readonly #input: number;
  readonly #arena: number;
  #arenaEnd: number;
  #spill: { fd: number; end: number; extents: Extent[][] } | null = null;
  readonly #unusable = new UnusableRows();
  #counted = { size: 0, respelled: 0 };

  /** @param most bytes of rows in memory; more wait in a file without a name in `folder` */
  constructor(module: WasmModule, layout: CsvLayout, keys: Keys, most: number, folder: string) {
    this.#layout = layout;
    this.#most = most;
    this.#folder = folder;
    this.#kernel = startKernel(module, keys, layout.identity, (offset, row) =>
      this.#unusable.add(offset, row),
    );
    const { exports } = this.#kernel;
    const attributes = layout.attributeColumns.length;
    this.#record = recordBytes(attributes, layout.places === true);
    const answer = 1024;
    const columns = 2048;
    const memo = up(columns + 4 * attributes);
    const table = memo + exports.memoBytes();
    const rowTable = table + PARTITIONS * 16;
    this.#input = up(rowTable + exports.rowTableBytes(layout.columns)) + PAD;
    this.#arena = up(this.#input + WINDOW + PAD);
    this.#arenaEnd = this.#arena;
    this.#grow(this.#arena);
    new Uint32Array(this.#kernel.memory.buffer, columns, attributes).set(layout.attributeColumns);
    exports.initValues(memo);
    exports.initRows(table, this.#record, this.#arena, this.#arenaEnd);
    exports.initCsv(
      layout.delimiter.charCodeAt(0),
      layout.columns,
      domainOf(layout.identity),
      layout.idColumn,
      attributes,
      columns,
      spellingStart(keys),
      rowTable,
      answer,
    );
    if (layout.places === true) exports.keepPlaces(placeAt(attributes));
  }

  /** Makes the memory at least so long. */
  #grow(bytes: number): void {
    const { memory } = this.#kernel;
    const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
    if (missing > 0) memory.grow(missing);
  }

  /**
   * @param fd positioned reads from its beginning
   * @param begin bytes before the first line: a byte order mark
   * @param onBytes after each piece
   * @returns null: the reference has to read it
   */
  read(
    fd: number,
    begin: number,
    signal: AbortSignal,
    onBytes: (n: number) => void,
  ): { finalNewline: boolean } | null {
    const { exports, memory } = this.#kernel;
    let position = begin;
    let tail = 0;
    let lastByte = 10;
    for (;;) {
      if (signal.aborted)
        throw new AuditorError("interrupted", "compare", "stopped before the end", "run it again");
      const bytes = new Uint8Array(memory.buffer, this.#input, WINDOW);
      const n = readSync(fd, bytes, tail, WINDOW - tail, position);
      position += n;
      const length = tail + n;
      if (n > 0) lastByte = bytes[length - 1] as number;
      this.#room(length);
      exports.setOffset(this.#input, position - length);
      const taken = exports.feed(this.#input, length, n === 0 ? 1 : 0);
      if (exports.status.value !== 0) return null;
      onBytes(n);
      if (n === 0) return { finalNewline: lastByte === 10 || lastByte === 13 };
      tail = length - taken;
      if (tail === WINDOW) return null;
      new Uint8Array(memory.buffer, this.#input, WINDOW).copyWithin(0, taken, length);
    }
  }

  /** Before a piece is taken there is room for all the rows that it can hold, each in the worst of all chunks. */
  #room(length: number): void {
    const { exports } = this.#kernel;
    const rows = Math.ceil(length / (this.#layout.columns + 1)) + 1;
    const needed =
      Math.ceil(rows / Math.floor((CHUNK_BYTES - CHUNK_HEAD) / this.#record) + PARTITIONS + 1) * CHUNK_BYTES;
    let used = exports.arenaUsed() >>> 0;
    if (used + needed - this.#arena > this.#most && used > this.#arena) {
      this.#overflow(used);
      used = this.#arena;
    }
    if (used + needed <= this.#arenaEnd) return;
    this.#arenaEnd = used + needed + 64 * PAGE;
    this.#grow(this.#arenaEnd);
    exports.setArenaEnd(this.#arenaEnd);
  }

  #overflow(used: number): void {
    const { exports, memory } = this.#kernel;
    this.#spill ??= {
      fd: unnamedFile(this.#folder),
      end: 0,
      extents: Array.from({ length: PARTITIONS }, () => []),
    };
    exports.seal();
    const words = new Uint32Array(memory.buffer);
    for (let chunk = this.#arena; chunk < used; chunk += CHUNK_BYTES) {
      const records = words[(chunk >>> 2) + 1] as number;
      const partition = words[(chunk >>> 2) + 2] as number;
      this.#spill.extents[partition]?.push({ at: this.#spill.end + chunk - this.#arena, records });
    }
    const bytes = new Uint8Array(memory.buffer, this.#arena, used - this.#arena);
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#spill.fd, bytes, done, bytes.length - done, this.#spill.end + done);
    }
    this.#spill.end += bytes.length;
    exports.resetRows(this.#arena, this.#arenaEnd);
  }

  /** Call once, when everything was read and before the first partition. */
  seal(): void {
    this.#kernel.exports.seal();
  }

  #recordsOf(p: number): number {
    const spilled = this.#spill?.extents[p]?.reduce((n, e) => n + e.records, 0) ?? 0;
    return spilled + this.#kernel.exports.rowsOf(p);
  }

  /** Rows that name nobody, where places are kept; null: more than are held. */
  get unusable(): Float64Array | null {
    return this.#unusable.rows();
  }

  /**
   * People of one partition, each once: `counts` sums what it saw. The arrays are copies.
   *
   * @param onRecords given the sorted records of the partition, before those of one person become one
   */
  partition(p: number, onRecords?: (records: ArrayBuffer) => void): Partition {
    const { exports, memory } = this.#kernel;
    const attributes = this.#layout.attributeColumns.length;
    const records = this.#recordsOf(p);
    const staged = this.#spill?.extents[p] ?? [];
    const stage = up(exports.arenaUsed() >>> 0);
    const list = up(stage + staged.reduce((n, e) => n + CHUNK_HEAD + e.records * this.#record, 0));
    const counts = up(
      list + 4 * (staged.length + Math.ceil((exports.arenaUsed() - this.#arena) / CHUNK_BYTES) + 1),
    );
    const sorted = up(counts + 4 * (2 * records + 34));
    const body = up(sorted + (records + 1) * this.#record);
    this.#grow(body + bodyBytes(records, attributes) + PAD);
    const before = this.#stage(staged, stage, list);
    const chunks = before + exports.chunksOf(p, list + 4 * before);
    exports.sortPartition(list, chunks, counts, sorted);
    onRecords?.(memory.buffer.slice(sorted, sorted + records * this.#record));
    exports.makePeople(sorted, records, attributes, body);
    const n = exports.people.value;
    this.#counted = {
      size: this.#counted.size + n,
      respelled: this.#counted.respelled + exports.respelled.value,
    };
    const bytes = memory.buffer.slice(body, body + bodyBytes(n, attributes));
    return {
      n,
      keys: new Uint32Array(bytes, 0, 4 * n),
      presence: new Uint32Array(bytes, 16 * n, 2 * n),
      prints: Array.from({ length: attributes }, (_, a) => new Uint32Array(bytes, (24 + 4 * a) * n, n)),
      consent: new Uint8Array(n),
    };
  }

  /** Brings chunks from the file; `list` gets their addresses. */
  #stage(staged: readonly Extent[], stage: number, list: number): number {
    const { memory } = this.#kernel;
    let at = stage;
    staged.forEach((extent, i) => {
      const bytes = new Uint8Array(memory.buffer, at, CHUNK_HEAD + extent.records * this.#record);
      for (let done = 0; done < bytes.length; ) {
        const n = readSync(this.#spill?.fd ?? -1, bytes, done, bytes.length - done, extent.at + done);
        if (n === 0)
          throw new AuditorError(
            "permanent",
            "temporary file",
            "rows are missing",
            "check the disk, then run again",
          );
        done += n;
      }
      new Uint32Array(memory.buffer)[(list >>> 2) + i] = at;
      at += bytes.length;
    });
    return staged.length;
  }

  /** After all partitions were asked for once. */
  counts(): Omit<CsvCounts, "finalNewline"> {
    const { exports } = this.#kernel;
    const records = exports.rows.value;
    const invalid = exports.unusable.value;
    const { size, respelled } = this.#counted;
    return { size, records, invalid, duplicates: records - invalid - size, duplicateByCase: respelled };
  }

  close(): void {
    if (this.#spill !== null) closeSync(this.#spill.fd);
    this.#spill = null;
  }
}

/** Gone as soon as it is closed, whatever ends the process. */
function unnamedFile(folder: string): number {
  const made = mkdtempSync(join(folder, "rows-"));
  const fd = openSync(join(made, "rows"), "wx+", 0o600);
  rmSync(made, { recursive: true });
  return fd;
}
