import type { FileHandle } from "node:fs/promises";
import { csvError } from "./csv-error.ts";
import { parseQuoted } from "./records.ts";

/** Rows that stand closer together are read at once. */
const NEAR_BYTES = 16_384;
const BLOCK_BYTES = 1 << 20;
/** What is read beyond the last row's beginning at first. */
const BEYOND_BYTES = 4096;
const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;

/**
 * Reads some rows of a plain CSV file, split as `records` splits them.
 *
 * @param offsets where rows begin, in bytes, ascending, each once; of a file in which all quotes fit
 * @param columns places of the fields that are wanted
 * @returns these fields, row by row in the same order
 * @throws AuditorError transient when no row can be there: the file was cut meanwhile
 */
export async function rowsAt(
  handle: FileHandle,
  label: string,
  delimiter: string,
  offsets: Float64Array,
  columns: readonly number[],
): Promise<string[][]> {
  const rows: string[][] = new Array(offsets.length);
  const window = new Window(handle, label);
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
      const line = window.plainLine(begin) ?? (await window.line(begin));
      if (line.includes('"')) {
        quoted.push(n);
        text += `${line}\n`;
      } else rows[n] = fieldsOf(line, delimiter, columns);
    }
    const parsed = quoted.length === 0 ? [] : parseQuoted(text, delimiter, 1, label);
    if (parsed.length !== quoted.length) throw changed(label);
    for (const [k, n] of quoted.entries()) rows[n] = columns.map((c) => parsed[k]?.[c] ?? "");
    from = to;
  }
  return rows;
}

/** Of a line without quotes. */
function fieldsOf(line: string, delimiter: string, columns: readonly number[]): string[] {
  const fields = line.split(delimiter);
  return columns.map((c) => fields[c] ?? "");
}

/** A part of the file in memory. */
class Window {
  readonly #handle: FileHandle;
  readonly #label: string;
  #bytes = Buffer.allocUnsafe(BLOCK_BYTES + BEYOND_BYTES);
  #start = 0;
  #length = 0;
  /** The file ends with it. */
  #whole = false;

  constructor(handle: FileHandle, label: string) {
    this.#handle = handle;
    this.#label = label;
  }

  async move(start: number, length: number): Promise<void> {
    if (length > this.#bytes.length) this.#bytes = Buffer.allocUnsafe(length);
    this.#start = start;
    this.#length = 0;
    while (this.#length < length) {
      const at = this.#length;
      const { bytesRead } = await this.#handle.read(this.#bytes, at, length - at, start + at);
      if (bytesRead === 0) break;
      this.#length += bytesRead;
    }
    this.#whole = this.#length < length;
  }

  /** The line that begins there, without its line break; null: it has quotes, or goes on beyond the window. */
  plainLine(begin: number): string | null {
    const newline = this.#bytes.indexOf(NEWLINE, begin);
    if (newline < 0 || newline >= this.#length) return null;
    const line = this.#bytes.toString("utf8", begin, this.#before(begin, newline));
    return line.includes('"') ? null : line;
  }

  /** The row that begins there, which may hold line breaks, or be the last one without; reads on where it must. */
  async line(begin: number): Promise<string> {
    for (let end = this.#end(begin); ; end = this.#end(begin)) {
      if (end >= 0) return this.#bytes.toString("utf8", begin, end);
      if (this.#whole) throw changed(this.#label);
      await this.move(this.#start, this.#length * 4);
    }
  }

  #end(begin: number): number {
    let open = false;
    for (let at = begin; at < this.#length; at++) {
      if (this.#bytes[at] === QUOTE) open = !open;
      else if (this.#bytes[at] === NEWLINE && !open) return this.#before(begin, at);
    }
    return this.#whole && begin < this.#length ? this.#length : -1;
  }

  #before(begin: number, newline: number): number {
    return newline > begin && this.#bytes[newline - 1] === RETURN ? newline - 1 : newline;
  }
}

const changed = (label: string): Error =>
  csvError(label, null, "the file changed while it was read", "run it again when the export is done", {
    kind: "transient",
  });
