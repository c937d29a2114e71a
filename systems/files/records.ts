import { parse } from "csv-parse/sync";
import { csvError } from "./csv-error.ts";
import { lineOfBadQuote, linesOfRecord } from "./quote-lines.ts";
import { type Block, count, MAX_LINE_BYTES } from "./text-blocks.ts";

/** Records of one block, with the line that the block begins on. */
export type Records = {
  readonly rows: readonly (readonly string[])[];
  readonly firstLine: number;
  readonly text: string;
};

const QUOTE = 34;
const RETURN = 13;
/** csv-parse takes as long to begin as to parse some ten lines; what stands closer together goes through it at once. */
const APART = 1_500;
/** A carriage return alone ends a line in very old exports only, which have no line feed at all. */
const LINE_FEEDS = ["\r\n", "\n"];
const LINE_ENDS = [...LINE_FEEDS, "\r"];

/**
 * Splits blocks of lines into records. Lines without a quote are split directly, which is what nearly every line of
 * nearly every export is; those with quotes go through csv-parse, together with as many lines as the quotes span.
 *
 * @throws bad_data for quotes that do not close or stand where none may, with the line
 */
export async function* records(
  blocks: AsyncIterable<Block>,
  delimiter: string,
  label: string,
): AsyncGenerator<Records> {
  let held: Block[] = [];
  let heldBytes = 0;
  let quotes = 0;
  for await (const next of blocks) {
    held.push(next);
    heldBytes += next.bytes.length;
    quotes += count(next.bytes, QUOTE);
    // An odd number of quotes: the last line ends inside a field that continues.
    if (quotes % 2 === 1 && !next.last && heldBytes <= MAX_LINE_BYTES) continue;
    const block: Block = { ...(held[0] as Block), bytes: joined(held), last: next.last };
    const quoted = quotes > 0;
    held = [];
    heldBytes = 0;
    quotes = 0;
    const text = block.bytes.toString("utf8");
    const strange = block.last && block.bytes.includes(RETURN) && !block.bytes.includes("\n");
    yield {
      rows: strange
        ? parseQuoted(text, delimiter, block.firstLine, label)
        : quoted
          ? splitMixed(text, delimiter, block.firstLine, label)
          : splitPlain(text, delimiter),
      firstLine: block.firstLine,
      text,
    };
  }
}

const joined = (blocks: readonly Block[]): Buffer =>
  blocks.length === 1 ? (blocks[0] as Block).bytes : Buffer.concat(blocks.map((b) => b.bytes));

export function splitPlain(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  for (let from = 0; from < text.length; ) {
    let to = text.indexOf("\n", from);
    if (to < 0) to = text.length;
    const end = to > from && text.charCodeAt(to - 1) === RETURN ? to - 1 : to;
    if (end > from) rows.push(text.slice(from, end).split(delimiter));
    from = to + 1;
  }
  return rows;
}

/** @param text with line feeds, if it has line ends at all */
export function splitMixed(text: string, delimiter: string, firstLine: number, label: string): string[][] {
  const parts: string[][][] = [];
  let line = firstLine;
  for (let from = 0; from < text.length; ) {
    const quote = text.indexOf('"', from);
    const start = quote < 0 ? text.length : text.lastIndexOf("\n", quote) + 1;
    const plain = text.slice(from, start);
    parts.push(splitPlain(plain, delimiter));
    if (quote < 0) break;
    const end = quotedUntil(text, quote);
    const quoted = text.slice(start, end);
    line += lineFeeds(plain);
    parts.push(parseQuoted(quoted, delimiter, line, label, LINE_FEEDS));
    line += lineFeeds(quoted);
    from = end;
  }
  return parts.flat();
}

/** Where the first line begins that no quote of a line before spans, and that has none itself nor just after it. */
function quotedUntil(text: string, quote: number): number {
  let quotes = 0;
  for (let next = quote; ; ) {
    const end = text.indexOf("\n", next);
    if (end < 0) return text.length;
    for (; next >= 0 && next < end; next = text.indexOf('"', next + 1)) quotes++;
    const open = quotes % 2 === 1;
    if (next < 0) return open ? text.length : end + 1;
    if (!open && next - end > APART) return end + 1;
  }
}

function lineFeeds(text: string): number {
  let n = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) n++;
  return n;
}

const endsIn = (text: string): readonly string[] => (text.includes("\n") ? LINE_FEEDS : LINE_ENDS);

const options = (delimiter: string, ends: readonly string[]) => ({
  delimiter,
  record_delimiter: [...ends],
  skip_empty_lines: true,
  relax_column_count: true, // the reader checks the count against the header
  max_record_size: MAX_LINE_BYTES,
});

export function parseQuoted(
  text: string,
  delimiter: string,
  firstLine: number,
  label: string,
  ends: readonly string[] = endsIn(text),
): string[][] {
  try {
    return parse(text, options(delimiter, ends));
  } catch (e) {
    throw explained(e, firstLine + (lineOfBadQuote(text, delimiter) ?? 0), label);
  }
}

/** csv-parse's messages quote the data; only its code is used. @param line where the quote at fault opened */
function explained(e: unknown, line: number, label: string): Error {
  if (!(e instanceof Error) || !("code" in e)) return e instanceof Error ? e : new Error(String(e));
  switch (e.code) {
    case "CSV_QUOTE_NOT_CLOSED":
      return csvError(
        label,
        line,
        "a quote is opened and never closed",
        "close it, or double it if it belongs to the text",
      );
    case "CSV_MAX_RECORD_SIZE":
      return csvError(label, line, "the record is longer than 10 MB", "look for a quote that is not closed");
    default:
      return csvError(
        label,
        line,
        "a quote stands inside a field, or is never closed",
        'put the whole field in quotes and double the ones in it: "5"" pipe"',
      );
  }
}

/** Lines of the file on which record `index` of a block stands, and its quoted field over several lines, if it has one. */
export function linesOf(r: Records, index: number) {
  const { record, quoted } = linesOfRecord(r.text, index);
  return {
    first: r.firstLine + record.first,
    last: r.firstLine + record.last,
    quoted: quoted && { first: r.firstLine + quoted.first, last: r.firstLine + quoted.last },
  };
}
