import { isUtf8 } from "node:buffer";
import { csvError } from "./csv-error.ts";

/** Whole lines of text with the number of their first line. */
export type Block = { readonly bytes: Buffer; readonly firstLine: number; readonly last: boolean };

const NEWLINE = 10;
export const MAX_LINE_BYTES = 10_000_000;

export function count(bytes: Buffer, byte: number): number {
  let n = 0;
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) n++;
  return n;
}

/**
 * Cuts a byte stream into blocks of whole lines and proves that they are UTF-8 text.
 *
 * @throws bad_data for UTF-16, NUL bytes, other encodings, and lines over 10 MB; with line and byte
 */
export async function* textBlocks(chunks: AsyncIterable<Buffer>, label: string): AsyncGenerator<Block> {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let firstLine = 1;
  let start = true;
  for await (let chunk of chunks) {
    if (start && chunk.length > 0) {
      checkStart(chunk, label);
      if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) chunk = chunk.subarray(3);
      start = false;
    }
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      const bytes = Buffer.concat([...waiting, chunk.subarray(0, end)]);
      checkText(bytes, firstLine, label);
      yield { bytes, firstLine, last: false };
      firstLine += count(bytes, NEWLINE);
      waiting = [];
      waitingBytes = 0;
    }
    waiting.push(chunk.subarray(end));
    waitingBytes += chunk.length - end;
    if (waitingBytes > MAX_LINE_BYTES) {
      throw csvError(
        label,
        firstLine,
        "the line is longer than 10 MB",
        "export again with one record per line; a file without line breaks is not CSV",
      );
    }
  }
  const bytes = Buffer.concat(waiting);
  checkText(bytes, firstLine, label);
  yield { bytes, firstLine, last: true };
}

const startsWith = (bytes: Buffer, ...signature: readonly number[]): boolean =>
  signature.every((b, i) => bytes[i] === b);

function checkStart(bytes: Buffer, label: string): void {
  if (startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0xfe, 0xff)) {
    throw csvError(label, 1, "the file is UTF-16", "export it as “CSV UTF-8”");
  }
  if (startsWith(bytes, 0x50, 0x4b, 3, 4))
    throw csvError(label, null, "this is an Excel or zip file", "save the sheet as CSV UTF-8");
  if (bytes.toString("latin1", 0, 200).trimStart().startsWith("<")) {
    throw csvError(
      label,
      1,
      "this is HTML or XML, not CSV",
      "look whether the export saved a sign-in or error page, and export again",
    );
  }
}

/** The UTF-8 check stands first on ASCII text, which is nearly all of it, and costs next to nothing. */
function checkText(bytes: Buffer, firstLine: number, label: string): void {
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    const { line, byte } = position(bytes, nul, firstLine);
    throw csvError(
      label,
      line,
      `NUL byte at byte ${byte} of the line`,
      "the file is damaged, or UTF-16 without a mark; export it as CSV UTF-8",
    );
  }
  if (isUtf8(bytes)) return;
  const { line, byte } = position(bytes, firstNotUtf8(bytes), firstLine);
  throw csvError(
    label,
    line,
    `not UTF-8 at byte ${byte} of the line`,
    "export it as CSV UTF-8, or convert it: iconv -f WINDOWS-1252 -t UTF-8",
  );
}

/** Line, and byte within it from 1. */
function position(bytes: Buffer, at: number, firstLine: number): { line: number; byte: number } {
  const before = bytes.subarray(0, at);
  return { line: firstLine + count(before, NEWLINE), byte: at - before.lastIndexOf(NEWLINE) };
}

/** By halving: a prefix is valid up to a character that may be cut. */
function firstNotUtf8(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    let whole = middle;
    while (whole > good && ((bytes[whole] as number) & 0xc0) === 0x80) whole--;
    if (whole > good && isUtf8(bytes.subarray(0, whole))) good = whole;
    else if (whole <= good) break;
    else bad = whole;
  }
  for (let at = good; at < bytes.length; at++) {
    const b = bytes[at] as number;
    const length = b < 0x80 ? 1 : b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
    if (!isUtf8(bytes.subarray(at, at + length)) || at + length > bytes.length) return at;
    at += length - 1;
  }
  return bytes.length - 1;
}
