import { type Cipher, createCipheriv, randomBytes } from "node:crypto";
import { closeSync, read, writeSync } from "node:fs";
import { promisify } from "node:util";
import { namelessFile } from "./rows-file.ts";

/** A file, and the key that its bytes are sealed with; nobody else has it. */
export type CopyTo = { readonly fd: number; readonly key: Uint8Array };

const KEY_BYTES = 32;
const BLOCK = 16;

/** AES-256 that counts blocks, so that reading may begin anywhere; opening is the same as sealing. Each key is used once. */
function cipherAt({ key }: CopyTo, position: number): Cipher {
  const counter = Buffer.alloc(BLOCK);
  counter.writeBigUInt64BE(BigInt(Math.floor(position / BLOCK)), 8);
  const cipher = createCipheriv("aes-256-ctr", key, counter);
  cipher.update(Buffer.alloc(position % BLOCK));
  return cipher;
}

/** Writes it, first byte to last. */
export class CopyWriter {
  readonly #to: CopyTo;
  readonly #cipher: Cipher;
  #end = 0;

  constructor(to: CopyTo) {
    this.#to = to;
    this.#cipher = cipherAt(to, 0);
  }

  add(bytes: Uint8Array): void {
    const sealed = this.#cipher.update(bytes);
    for (let done = 0; done < sealed.length; ) {
      const n = writeSync(this.#to.fd, sealed, done, sealed.length - done, this.#end);
      done += n;
      this.#end += n;
    }
  }
}

const readAt = promisify(read);

/**
 * The text of a packed file, in which nothing can be found by its place. Nobody can read it after the process, whatever ends
 * that: the file has no name, and the key is nowhere but in memory.
 */
export class SealedCopy {
  readonly to: CopyTo;

  /** @throws the error of the disk */
  constructor(folder: string) {
    this.to = { fd: namelessFile(folder), key: randomBytes(KEY_BYTES) };
  }

  /** As FileHandle has it. */
  async read(
    to: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }> {
    const { bytesRead } = await readAt(this.to.fd, to, offset, length, position);
    const opened = cipherAt(this.to, position).update(to.subarray(offset, offset + bytesRead));
    opened.copy(to, offset);
    return { bytesRead };
  }

  close(): void {
    closeSync(this.to.fd);
  }
}
