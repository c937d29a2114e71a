import { randomBytes } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AuditorError } from "../core/errors.ts";
import type { Partitioned, RowLog } from "./row-log.ts";
import { IV_BYTES, openBytes, sealBytes } from "./sealer.ts";
import { PARTITIONS } from "./set-layout.ts";

type Extent = { readonly offset: number; readonly words: number; readonly sealed: number };

const noRoom = (folder: string, cause: unknown): AuditorError =>
  new AuditorError(
    "permanent",
    folder,
    "cannot hold rows that do not fit in memory",
    "set TMPDIR to a folder with free space",
    { cause },
  );

/**
 * Rows that do not fit in memory, partition by partition, in a file that has no name any more: whatever happens to
 * the process, the system frees it. Payloads hold raw values and are sealed with a key that lives in memory only.
 * Synchronous, because `SetBuilder.add` is.
 */
export class Spill {
  readonly #fd: number;
  readonly #key = randomBytes(32);
  readonly #runs: Extent[][] = [];
  readonly #stride: number;
  #end = 0;
  #sealed = 0;

  constructor(stride: number, folder = tmpdir()) {
    this.#stride = stride;
    try {
      const own = mkdtempSync(join(folder, "plumbline-"));
      this.#fd = openSync(join(own, "rows"), "wx+", 0o600);
      rmSync(own, { recursive: true, force: true });
    } catch (cause) {
      throw noRoom(folder, cause);
    }
  }

  /** @param payloadAt position of the three payload words in a row; null: no payloads */
  write(log: RowLog, payloadAt: number | null): void {
    const { rows, starts } = log.partition();
    const run: Extent[] = [];
    for (let p = 0; p < PARTITIONS; p++) {
      const slice = rows.subarray(starts[p], starts[p + 1]);
      const payload = payloadAt === null ? null : this.#gather(slice, log.payload, payloadAt);
      const offset = this.#end;
      this.#append(new Uint8Array(slice.buffer, slice.byteOffset, slice.byteLength));
      if (payload !== null) this.#append(payload);
      run.push({ offset, words: slice.length, sealed: payload?.length ?? 0 });
    }
    this.#runs.push(run);
  }

  #gather(rows: Uint32Array, chunks: readonly Buffer[], payloadAt: number): Buffer {
    const parts: Buffer[] = [];
    let offset = 0;
    for (let at = payloadAt; at < rows.length; at += this.#stride) {
      const length = rows[at + 2] as number;
      const from = rows[at + 1] as number;
      parts.push((chunks[rows[at] as number] as Buffer).subarray(from, from + length));
      rows[at] = 0;
      rows[at + 1] = offset;
      offset += length;
    }
    const iv = Buffer.alloc(IV_BYTES);
    iv.writeUIntBE(this.#sealed++, 0, 6); // the key is used for this file alone: a counter never repeats
    return sealBytes(this.#key, iv, Buffer.concat(parts), Buffer.alloc(0));
  }

  #append(bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.length; )
        done += writeSync(this.#fd, bytes, done, bytes.length - done, this.#end + done);
    } catch (cause) {
      throw noRoom(tmpdir(), cause);
    }
    this.#end += bytes.length;
  }

  #read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const n = readSync(this.#fd, bytes, done, length - done, offset + done);
      if (n === 0)
        throw new AuditorError(
          "permanent",
          "temporary file",
          "rows are missing",
          "check the disk, then run again",
        );
      done += n;
    }
    return bytes;
  }

  /**
   * All rows of a partition in arrival order, the given last rows behind them, and the payload chunks they point to.
   */
  load(
    p: number,
    last: Partitioned,
    chunks: readonly Buffer[],
    payloadAt: number | null,
  ): { rows: Uint32Array; chunks: readonly Buffer[] } {
    const tail = last.rows.subarray(last.starts[p], last.starts[p + 1]);
    const all = [...chunks];
    const parts: Uint32Array[] = [];
    for (const run of this.#runs) {
      const extent = run[p] as Extent;
      const rows = new Uint32Array(this.#read(extent.offset, extent.words * 4).buffer);
      if (payloadAt !== null) {
        for (let at = payloadAt; at < rows.length; at += this.#stride) rows[at] = all.length;
        all.push(
          openBytes(this.#key, this.#read(extent.offset + extent.words * 4, extent.sealed), Buffer.alloc(0)),
        );
      }
      parts.push(rows);
    }
    const rows = new Uint32Array(parts.reduce((n, r) => n + r.length, tail.length));
    let at = 0;
    for (const part of [...parts, tail]) {
      rows.set(part, at);
      at += part.length;
    }
    return { rows, chunks: all };
  }

  close(): void {
    closeSync(this.#fd);
  }
}
