import { PARTITION_BITS, PARTITIONS } from "./set-layout.ts";

const ROWS_PER_CHUNK = 4096;
const PAYLOAD_CHUNK = 1 << 20;

/** Rows sorted into partitions: the rows of `p` are `starts[p]`…`starts[p + 1]`, in words. */
export type Partitioned = { readonly rows: Uint32Array; readonly starts: Uint32Array };

/**
 * Rows in arrival order, as fixed-width records of words (the first four are the key), with an optional payload
 * of bytes each. Grows in chunks, so that no large array is ever copied to grow.
 */
export class RowLog {
  readonly #stride: number;
  readonly #counts = new Uint32Array(PARTITIONS);
  readonly #chunks: Uint32Array[] = [];
  #used = ROWS_PER_CHUNK;
  rows = 0;
  /** The chunk that `reserve` points into. */
  words: Uint32Array = new Uint32Array(0);
  readonly payload: Buffer[] = [];
  #payloadUsed = PAYLOAD_CHUNK;
  #payloadBytes = 0;

  constructor(stride: number) {
    this.#stride = stride;
  }

  get bytes(): number {
    return this.#chunks.length * ROWS_PER_CHUNK * this.#stride * 4 + this.#payloadBytes;
  }

  /** Position in `words` for the next row; it counts only once `take` is called. */
  reserve(): number {
    if (this.#used === ROWS_PER_CHUNK) {
      this.words = new Uint32Array(ROWS_PER_CHUNK * this.#stride);
      this.#chunks.push(this.words);
      this.#used = 0;
    }
    return this.#used * this.#stride;
  }

  /** Keeps the reserved row. */
  take(at: number): void {
    const p = (this.words[at] as number) >>> (32 - PARTITION_BITS);
    this.#counts[p] = (this.#counts[p] as number) + 1;
    this.#used++;
    this.rows++;
  }

  /** Writes chunk, offset and length of the payload to three words of the reserved row. */
  putPayload(text: string, at: number): void {
    // Most payloads are ASCII; three bytes a unit is the most that UTF-8 needs.
    const most = text.length * 3;
    if (this.#payloadUsed + most > (this.payload.at(-1)?.length ?? 0)) {
      const bytes = Math.max(PAYLOAD_CHUNK, most);
      this.payload.push(Buffer.allocUnsafe(bytes));
      this.#payloadBytes += bytes;
      this.#payloadUsed = 0;
    }
    const chunk = this.payload.at(-1) as Buffer;
    const length = chunk.write(text, this.#payloadUsed, "utf8");
    this.words[at] = this.payload.length - 1;
    this.words[at + 1] = this.#payloadUsed;
    this.words[at + 2] = length;
    this.#payloadUsed += length;
  }

  /**
   * Keeps `n` rows that are made already; the places of their payloads count from the beginning of `payload`, in the chunk
   * after those that are there. Both are copied.
   */
  takeRows(rows: Uint32Array, n: number, payload: Uint8Array): void {
    const stride = this.#stride;
    if (payload.length > 0) {
      this.payload.push(Buffer.from(payload));
      this.#payloadBytes += payload.length;
      this.#payloadUsed = payload.length;
    }
    for (let r = 0; r < n; ) {
      const at = this.reserve();
      const some = Math.min(n - r, ROWS_PER_CHUNK - this.#used);
      this.words.set(rows.subarray(r * stride, (r + some) * stride), at);
      this.#used += some;
      r += some;
    }
    for (let at = 0; at < n * stride; at += stride) {
      const p = (rows[at] as number) >>> (32 - PARTITION_BITS);
      this.#counts[p] = (this.#counts[p] as number) + 1;
    }
    this.rows += n;
  }

  /** Sorts the rows into partitions, keeps their order within each, and gives the chunks free. */
  partition(): Partitioned {
    const stride = this.#stride;
    const starts = new Uint32Array(PARTITIONS + 1);
    for (let p = 0; p < PARTITIONS; p++)
      starts[p + 1] = (starts[p] as number) + (this.#counts[p] as number) * stride;
    const next = starts.slice();
    const rows = new Uint32Array(this.rows * stride);
    let left = this.rows;
    for (const chunk of this.#chunks) {
      const n = Math.min(left, ROWS_PER_CHUNK);
      for (let r = 0, at = 0; r < n; r++, at += stride) {
        const p = (chunk[at] as number) >>> (32 - PARTITION_BITS);
        const to = next[p] as number;
        for (let w = 0; w < stride; w++) rows[to + w] = chunk[at + w] as number;
        next[p] = to + stride;
      }
      left -= n;
    }
    this.#chunks.length = 0;
    return { rows, starts };
  }
}
