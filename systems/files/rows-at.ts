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
 * @returns their fields, in the same order
 * @throws AuditorError transient when no row can be there: the file was cut meanwhile
 */
export async function rowsAt(
  handle: FileHandle,
  label: string,
  delimiter: string,
  offsets: Float64Array,
): Promise<string[][]> {
  const rows: string[][] = new Array(offsets.length);
  for (let from = 0; from < offsets.length; ) {
    const start = offsets[from] as number;
    let to = from + 1;
    while (
      to < offsets.length &&
      (offsets[to] as number) - (offsets[to - 1] as number) <= NEAR_BYTES &&
      (offsets[to] as number) - start <= BLOCK_BYTES
    )
      to++;
    await readGroup(handle, label, delimiter, offsets, from, to, rows);
    from = to;
  }
  return rows;
}

async function readGroup(
  handle: FileHandle,
  label: string,
  delimiter: string,
  offsets: Float64Array,
  from: number,
  to: number,
  rows: string[][],
): Promise<void> {
  const start = offsets[from] as number;
  let beyond = BEYOND_BYTES;
  let bytes: Buffer = Buffer.alloc(0);
  let whole = false;
  const quoted: number[] = [];
  let text = "";
  for (let n = from; n < to; ) {
    const begin = (offsets[n] as number) - start;
    const end = begin < bytes.length ? rowEnd(bytes, begin, whole) : -1;
    if (end < 0) {
      if (whole) throw cut(label);
      const wanted = (offsets[to - 1] as number) - start + beyond;
      bytes = await readUpTo(handle, start, wanted);
      whole = bytes.length < wanted;
      beyond *= 4;
      continue;
    }
    const line = bytes.toString("utf8", begin, end);
    if (line.includes('"')) {
      quoted.push(n);
      text += `${line}\n`;
    } else rows[n] = line.split(delimiter);
    n++;
  }
  if (quoted.length === 0) return;
  const parsed = parseQuoted(text, delimiter, 1, label);
  if (parsed.length !== quoted.length) throw cut(label);
  for (const [k, n] of quoted.entries()) rows[n] = parsed[k] as string[];
}

/** Without the line break; −1: the row goes on beyond these bytes. @param whole nothing follows them in the file */
function rowEnd(bytes: Buffer, begin: number, whole: boolean): number {
  let at = begin;
  let newline = bytes.indexOf(NEWLINE, at);
  for (let open = false; ; ) {
    const quote = bytes.subarray(at, newline < 0 ? bytes.length : newline).indexOf(QUOTE);
    if (quote >= 0) {
      open = !open;
      at += quote + 1;
      continue;
    }
    if (newline < 0) return whole ? bytes.length : -1;
    if (!open) return newline > begin && bytes[newline - 1] === RETURN ? newline - 1 : newline;
    at = newline + 1;
    newline = bytes.indexOf(NEWLINE, at);
  }
}

async function readUpTo(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

const cut = (label: string): Error =>
  csvError(label, null, "the file changed while it was read", "run it again when the export is done", {
    kind: "transient",
  });
