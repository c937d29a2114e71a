const encoder = new TextEncoder();

/** A reused buffer that texts are written into as UTF-8, so that hashing a row allocates nothing. */
export class TextBytes {
  bytes: Uint8Array = new Uint8Array(1024);

  /** Writes `text` at `at`. @returns the position after it */
  put(text: string, at: number): number {
    // A UTF-16 unit becomes at most three bytes.
    if (at + text.length * 3 > this.bytes.length) this.#grow(at + text.length * 3);
    const bytes = this.bytes;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) return at + encoder.encodeInto(text, bytes.subarray(at)).written;
      bytes[at + i] = unit;
    }
    return at + text.length;
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(needed * 2);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
