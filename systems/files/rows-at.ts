import { csvError } from "./csv-error.ts";
import { FoundRows } from "./found-rows.ts";
import { parseQuoted } from "./records.ts";

/** Rows that stand closer together are read at once. */
const NEAR_BYTES = 16_384;
const BLOCK_BYTES = 1 << 20;
/** What is read beyond the last row's beginning at first. */
const BEYOND_BYTES = 4096;
const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;

/** What is read by position: an open file, or something that stands for one. */
export type ReadAt = {
  /** @returns 0 bytes at the end */
  read(to: Buffer, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
};

/**
 * Reads some rows of a plain CSV file, split as `records` splits them.
 *
 * @param offsets where rows begin, in bytes, ascending, each once; of a file in which all quotes fit
 * @param columns places of the fields that are wanted
 * @returns these fields, row by row in the same order
 * @throws AuditorError transient when no row can be there: the file was cut meanwhile
 */
export async function rowsAt(
  handle: ReadAt,
  label: string,
  delimiter: string,
  offsets: Float64Array,
  columns: readonly number[],
): Promise<FoundRows> {
  const rows = new FoundRows(offsets.length);
  const window = new Window(handle, label, delimiter.charCodeAt(0));
  const bounds = new Uint32Array(Math.max(...columns) + 2);
  for (let from = 0; from < offsets.length; ) {
    const start = offsets[from] as number;
    let to = from + 1;
    while (
      to < offsets.length &&
      (offsets[to] as number) - (offsets[to - 1] as number) <= NEAR_BYTES &&
      (offsets[to] as number) - start <= BLOCK_BYTES
    )
      to++;
    await window.move(start, (offsets[to - 1] as number) - start + BEYOND_BYTES);
    const quoted: number[] = [];
    let text = "";
    for (let n = from; n < to; n++) {
      const begin = (offsets[n] as number) - start;
      let split = window.split(begin, bounds);
      if (split === "beyond") {
        // whole lines are read from here on, whatever is in them
        const line = await window.line(begin);
        split = window.split(begin, bounds, begin + line);
      }
      if (split === "plain") rows.add(n, window.bytes, bounds, columns);
      else {
        rows.skip(n);
        quoted.push(n);
        text += `${window.text(begin, await window.line(begin))}\n`;
      }
    }
    const parsed = quoted.length === 0 ? [] : parseQuoted(text, delimiter, 1, label);
    if (parsed.length !== quoted.length) throw changed(label);
    for (const [k, n] of quoted.entries())
      rows.setQuoted(
        n,
        columns.map((c) => parsed[k]?.[c] ?? ""),
      );
    from = to;
  }
  return rows;
}

/** A part of the file in memory. */
class Window {
  readonly #handle: ReadAt;
  readonly #label: string;
  readonly #delimiter: number;
  bytes = Buffer.allocUnsafe(BLOCK_BYTES + BEYOND_BYTES);
  #start = 0;
  #length = 0;
  /** The file ends with it. */
  #whole = false;

  constructor(handle: ReadAt, label: string, delimiter: number) {
    this.#handle = handle;
    this.#delimiter = delimiter;
    this.#label = label;
  }

  async move(start: number, length: number): Promise<void> {
    if (length > this.bytes.length) this.bytes = Buffer.allocUnsafe(length);
    this.#start = start;
    this.#length = 0;
    while (this.#length < length) {
      const at = this.#length;
      const { bytesRead } = await this.#handle.read(this.bytes, at, length - at, start + at);
      if (bytesRead === 0) break;
      this.#length += bytesRead;
    }
    this.#whole = this.#length < length;
  }

  /**
   * Finds the fields of the row that begins there.
   *
   * @param bounds where each begins, and, one on, where the one after the last would
   * @param until where the row ends, if it has no line break
   * @returns quoted: it has quotes; beyond: it goes on beyond the window, or has no line break
   */
  split(begin: number, bounds: Uint32Array, until = -1): "plain" | "quoted" | "beyond" {
    const bytes = this.bytes;
    const end = until < 0 ? this.#length : until;
    let field = 0;
    bounds[0] = begin;
    let at = begin;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) return "quoted";
      if (byte === NEWLINE) break;
      if (byte === this.#delimiter && field + 1 < bounds.length) bounds[++field] = at + 1;
    }
    if (at === end && until < 0) return "beyond";
    const last = until < 0 ? this.#before(begin, at) : until;
    if (field + 1 < bounds.length) bounds.fill(last + 1, field + 1);
    return "plain";
  }

  /** Bytes of the row that begins there, which may hold line breaks, or be the last one without; reads on where it must. */
  async line(begin: number): Promise<number> {
    for (let end = this.#end(begin); ; end = this.#end(begin)) {
      if (end >= 0) return end - begin;
      if (this.#whole) throw changed(this.#label);
      await this.move(this.#start, this.#length * 4);
    }
  }

  text(begin: number, length: number): string {
    return this.bytes.toString("utf8", begin, begin + length);
  }

  #end(begin: number): number {
    let open = false;
    for (let at = begin; at < this.#length; at++) {
      if (this.bytes[at] === QUOTE) open = !open;
      else if (this.bytes[at] === NEWLINE && !open) return this.#before(begin, at);
    }
    return this.#whole && begin < this.#length ? this.#length : -1;
  }

  #before(begin: number, newline: number): number {
    return newline > begin && this.bytes[newline - 1] === RETURN ? newline - 1 : newline;
  }
}

const changed = (label: string): Error =>
  csvError(label, null, "the file changed while it was read", "run it again when the export is done", {
    kind: "transient",
  });
