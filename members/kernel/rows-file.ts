import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync, writevSync } from "node:fs";
import { join } from "node:path";
import { AuditorError } from "../../core/errors.ts";

/** Buffers of one call; Linux takes 1024. */
const AT_ONCE = 1024;

/** Where the rows that were put into a file at one time begin, for each partition, and where the last one ends. */
export type Run = Float64Array;

/** Opens a file without a name. @returns its descriptor */
export function namelessFile(folder: string): number {
  const made = mkdtempSync(join(folder, "rows-"));
  const fd = openSync(join(made, "rows"), "wx+", 0o600);
  rmSync(made, { recursive: true });
  return fd;
}

/** Rows that do not fit in memory: a file without a name, gone as soon as it is closed, whatever ends the process. */
export class RowsFile {
  readonly fd: number;
  readonly runs: Run[] = [];
  #end = 0;

  constructor(folder: string) {
    this.fd = namelessFile(folder);
  }

  /** Writes the pieces of each partition one after the other, so that each partition is read at one place. */
  write(partitions: number, piecesOf: (partition: number) => readonly Uint8Array[]): void {
    const run = new Float64Array(partitions + 1);
    let waiting: Uint8Array[] = [];
    let end = this.#end;
    for (let p = 0; p < partitions; p++) {
      run[p] = end;
      for (const piece of piecesOf(p)) {
        waiting.push(piece);
        end += piece.length;
        if (waiting.length < AT_ONCE) continue;
        this.#put(waiting);
        waiting = [];
      }
    }
    run[partitions] = end;
    this.#put(waiting);
    this.runs.push(run);
  }

  #put(pieces: readonly Uint8Array[]): void {
    if (pieces.length === 0) return;
    let done = writevSync(this.fd, pieces, this.#end);
    this.#end += done;
    // A write may stop early, on a disk that is almost full.
    for (const piece of pieces) {
      for (let from = Math.min(done, piece.length); from < piece.length; ) {
        const n = writeSync(this.fd, piece, from, piece.length - from, this.#end);
        from += n;
        this.#end += n;
      }
      done = Math.max(0, done - piece.length);
    }
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** Bytes of one partition over all runs. */
export const stagedBytes = (runs: readonly Run[], p: number): number =>
  runs.reduce((n, run) => n + (run[p + 1] as number) - (run[p] as number), 0);

/** Reads one partition of all runs to the beginning of `to`, in the order in which its rows came. @returns bytes */
export function readStaged(fd: number, runs: readonly Run[], p: number, to: Uint8Array): number {
  let at = 0;
  for (const run of runs) {
    let position = run[p] as number;
    const end = run[p + 1] as number;
    while (position < end) {
      const n = readSync(fd, to, at, end - position, position);
      if (n === 0)
        throw new AuditorError(
          "permanent",
          "temporary file",
          "rows are missing",
          "check the disk, then run again",
        );
      at += n;
      position += n;
    }
  }
  return at;
}
