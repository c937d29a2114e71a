import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { AuditorError } from "../core/errors.ts";

const FLUSH_BYTES = 1 << 20;
/** Fewer bytes than this are copied and wait for more. */
const FEW_BYTES = 1 << 16;
/** Systems take at most 1024 pieces at once. */
const MOST_PIECES = 512;

/**
 * A file that appears whole or not at all: written beside its place as `<file>.<pid>.tmp`, synced, renamed.
 * Readable by the owner only. Either `commit` or `abort` must be called.
 */
export class AtomicFile {
  readonly path: string;
  readonly #temporary: string;
  readonly #handle: FileHandle;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #complete = false;
  /** Bytes written or waiting: the position of the next write. */
  bytes = 0;

  private constructor(path: string, temporary: string, handle: FileHandle) {
    this.path = path;
    this.#temporary = temporary;
    this.#handle = handle;
  }

  static async create(path: string): Promise<AtomicFile> {
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      return new AtomicFile(path, temporary, await open(temporary, "w", 0o600));
    } catch (cause) {
      throw unwritable(path, cause);
    }
  }

  /** Keeps `data` until it is flushed: do not change it afterwards. */
  async write(data: Uint8Array): Promise<void> {
    this.#waiting.push(data);
    this.#waitingBytes += data.length;
    this.bytes += data.length;
    if (this.#waitingBytes >= FLUSH_BYTES) await this.#flush();
  }

  /**
   * Writes the pieces one behind the other. They may be changed when this has returned, and many bytes go to the file
   * as they stand, without a copy: memory of WebAssembly must not grow meanwhile.
   */
  async writeAll(pieces: readonly Uint8Array[]): Promise<void> {
    const length = pieces.reduce((n, piece) => n + piece.length, 0);
    if (length < FEW_BYTES) return this.write(Buffer.concat(pieces));
    await this.#flush();
    this.bytes += length;
    try {
      for (let at = 0; at < pieces.length; at += MOST_PIECES)
        await this.#out(pieces.slice(at, at + MOST_PIECES));
    } catch (cause) {
      throw unwritable(this.path, cause);
    }
  }

  /** The system may take less than it is given. */
  async #out(pieces: readonly Uint8Array[]): Promise<void> {
    for (let left = pieces.filter((piece) => piece.length > 0); left.length > 0; ) {
      let { bytesWritten } = await this.#handle.writev(left);
      left = left.flatMap((piece) => {
        const rest = piece.subarray(Math.min(bytesWritten, piece.length));
        bytesWritten -= piece.length - rest.length;
        return rest.length > 0 ? [rest] : [];
      });
    }
  }

  async #flush(): Promise<void> {
    if (this.#waitingBytes === 0) return;
    const whole = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    // A plain write may be short; writeFile on a handle continues from its position until all is out.
    await this.#handle.writeFile(whole).catch((cause: unknown) => {
      throw unwritable(this.path, cause);
    });
  }

  /**
   * Everything is written and the file closed; only its name is missing. For files that belong together: complete all,
   * then commit each.
   */
  async complete({ durable } = { durable: true }): Promise<void> {
    await this.#flush();
    try {
      // a full disk may show only now
      if (durable) await this.#handle.sync();
      await this.#handle.close();
      this.#complete = true;
    } catch (cause) {
      throw unwritable(this.path, cause);
    }
  }

  /**
   * Makes the file visible.
   *
   * @param durable its bytes and its name are on the disk before this returns; false only for what can be lost in a
   *   power cut without harm
   */
  async commit({ durable } = { durable: true }): Promise<void> {
    if (!this.#complete) await this.complete({ durable });
    try {
      await rename(this.#temporary, this.path);
      if (durable) await syncFolder(dirname(this.path));
    } catch (cause) {
      throw unwritable(this.path, cause);
    }
  }

  /** Leaves nothing behind. Safe after a failed commit. */
  async abort(): Promise<void> {
    await this.#handle.close();
    await rm(this.#temporary, { force: true });
  }
}

/** EFBIG: a limit on the size of files, which systemd and shells can set. */
const FULL = ["ENOSPC", "EDQUOT", "EFBIG"];

function unwritable(path: string, cause: unknown): AuditorError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return FULL.includes(code)
    ? new AuditorError(
        "permanent",
        path,
        `the disk is full (${code})`,
        "make room for the data folder; the next audit reads again",
        { cause },
      )
    : new AuditorError(
        "permanent",
        path,
        "cannot be written",
        "check the data folder's owner and free space",
        {
          cause,
        },
      );
}

/** The rename itself must survive a power cut. Windows cannot open folders, and needs no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
