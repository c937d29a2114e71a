import type { FileHandle } from "node:fs/promises";
import { type Instant, instant } from "../../core/model.ts";
import type { RawRows, Taken } from "../../core/row-plan.ts";
import { csvError } from "./csv-error.ts";
import { giveBlocks } from "./give-blocks.ts";
import { damageOf, gunzip } from "./gunzip.ts";
import { type Head, readHead } from "./header.ts";
import { openFile } from "./open-file.ts";
import { linesOf, type Records, records } from "./records.ts";
import type { TableFile } from "./table-file.ts";
import { type Block, textBlocks } from "./text-blocks.ts";

/** Proof that the whole file was read. */
export type CsvEnd = { readonly rows: number; readonly gzip: boolean; readonly finalNewline: boolean };

export type CsvFile = TableFile & { readonly delimiter: string; readonly gzip: boolean };

/** Some hundred lines: between two chunks the pages are served, and larger ones are hardly quicker to read. */
const CHUNK_BYTES = 1 << 16;

/**
 * Opens a CSV or CSV.gz (told by its first bytes) and reads its header. Delimiter: comma, semicolon, tab or bar,
 * whichever the header uses.
 *
 * @param label what messages call the file
 * @throws AuditorError not_found, auth (not readable), or bad_data for what is not CSV
 */
export async function openCsv(path: string, label: string): Promise<CsvFile> {
  const handle = await openFile(path, label);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw csvError(label, null, "this is not a file", "name a CSV or CSV.gz file");
    if (stat.size === 0)
      throw csvError(
        label,
        null,
        "the file is empty",
        "export again; a list without people still has a header line",
      );
    const first = Buffer.alloc(2);
    await handle.read(first, 0, 2, 0);
    const gzip = first[0] === 0x1f && first[1] === 0x8b;
    const reading = new Reading(handle, label, gzip, { size: stat.size, mtimeMs: stat.mtimeMs });
    return await reading.start(instant(stat.mtime));
  } catch (e) {
    await handle.close();
    throw e;
  }
}

class Reading {
  readonly #handle: FileHandle;
  readonly #label: string;
  readonly #gzip: boolean;
  readonly #before: { readonly size: number; readonly mtimeMs: number };
  /** What was not given as bytes; null: all of it. */
  #left: AsyncIterable<Block> | null = null;
  #rowsTaken = 0;
  #headerTaken = false;
  #finalNewline = true;
  #end: CsvEnd | null = null;

  constructor(handle: FileHandle, label: string, gzip: boolean, before: { size: number; mtimeMs: number }) {
    this.#handle = handle;
    this.#label = label;
    this.#gzip = gzip;
    this.#before = before;
  }

  async start(asOf: Instant): Promise<CsvFile> {
    const blocks = textBlocks(this.#bytes(), this.#label);
    const head = await readHead(blocks, this.#label);
    return {
      label: this.#label,
      columns: head.columns,
      delimiter: head.delimiter,
      gzip: this.#gzip,
      asOf,
      declaredRows: null,
      bytes: { delimiter: head.delimiter, give: (take) => this.#give(head.blocks, take) },
      rows: () => this.#rows(head),
      end: () => this.#end,
      close: async () => {
        await blocks.return(undefined);
        await this.#handle.close();
      },
    };
  }

  /** Reads by position: a stream would close the handle, which is still asked whether the file changed. */
  async *#chunks(): AsyncGenerator<Buffer> {
    for (let position = 0; ; ) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const { bytesRead } = await this.#handle.read(chunk, 0, CHUNK_BYTES, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  }

  async *#bytes(): AsyncGenerator<Buffer> {
    if (!this.#gzip) {
      yield* this.#chunks();
      return;
    }
    try {
      yield* gunzip(this.#chunks(), CHUNK_BYTES);
    } catch (cause) {
      throw csvError(
        this.#label,
        null,
        damageOf(cause) === "cut"
          ? "the gzip file is cut off: its end is missing"
          : "the gzip file is damaged",
        "copy or export it again",
        { cause },
      );
    }
  }

  async *#give(blocks: AsyncGenerator<Block>, take: RawRows["take"]): AsyncGenerator<Taken> {
    const given = giveBlocks(blocks, (bytes, last) => {
      const taken = take(bytes, last);
      this.#rowsTaken += taken?.rows ?? 0;
      if (taken !== null) this.#headerTaken = taken.header;
      return taken;
    });
    const { left, finalNewline } = yield* given;
    this.#left = left;
    this.#finalNewline = finalNewline;
  }

  async *#rows(head: Head): AsyncGenerator<readonly (readonly string[])[]> {
    const columns = head.columns.length;
    let rows = this.#rowsTaken;
    let header = this.#headerTaken ? 0 : 1;
    let finalNewline = this.#finalNewline;
    for await (const part of this.#whole(records(this.#left ?? head.blocks, head.delimiter, this.#label))) {
      const found = header === 1 ? part.rows.slice(1) : part.rows;
      const bad = found.findIndex((row) => row.length !== columns);
      if (bad >= 0) await this.#mustBeUnchanged();
      if (bad >= 0) throw this.#ragged(part, bad + header, found[bad]?.length ?? 0, columns);
      if (part.rows.length > 0) header = 0;
      if (part.text !== "") finalNewline = /[\r\n]$/.test(part.text);
      rows += found.length;
      if (found.length > 0) yield found;
    }
    await this.#mustBeUnchanged();
    this.#end = { rows, gzip: this.#gzip, finalNewline };
  }

  /** What looks broken in a file that changes meanwhile is no fault of the export. */
  async *#whole(parts: AsyncGenerator<Records>): AsyncGenerator<Records> {
    try {
      yield* parts;
    } catch (e) {
      await this.#mustBeUnchanged();
      throw e;
    }
  }

  /** @throws AuditorError transient */
  async #mustBeUnchanged(): Promise<void> {
    const after = await this.#handle.stat();
    if (after.size === this.#before.size && after.mtimeMs === this.#before.mtimeMs) return;
    throw csvError(
      this.#label,
      null,
      "the file changed while it was read",
      "let the export write to another name and rename it when done",
      { kind: "transient" },
    );
  }

  #ragged(part: Records, index: number, fields: number, columns: number): Error {
    const { last: line, quoted } = linesOf(part, index);
    const lastLine = index === part.rows.length - 1 && !/[\r\n]$/.test(part.text);
    if (lastLine && fields < columns) {
      return csvError(
        this.#label,
        line,
        `the file ends in the middle of a line: ${fields} of ${columns} fields`,
        "it was cut off; copy or export it again",
      );
    }
    if (quoted !== null) {
      return csvError(
        this.#label,
        quoted.first,
        `a quote that opens here closes on line ${quoted.last}, in a record of ${fields} fields where the header has ${columns}`,
        "close the quote on its own line, or double it if it belongs to the text",
      );
    }
    return csvError(
      this.#label,
      line,
      `${fields} fields where the header has ${columns}`,
      "put fields that hold the delimiter or a line break in quotes",
    );
  }
}
