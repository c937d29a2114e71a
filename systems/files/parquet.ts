import type { FileHandle } from "node:fs/promises";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
  type SchemaElement,
} from "hyparquet";
import { AuditorError } from "../../core/errors.ts";
import { instant } from "../../core/model.ts";
import { csvError } from "./csv-error.ts";
import { openFile } from "./open-file.ts";
import { NotExact, TEXT_PARSERS, valueText } from "./parquet-value.ts";
import type { TableFile } from "./table-file.ts";

/** Every row that the footer counts was given. */
export type ParquetEnd = { readonly rows: number; readonly footer: true };

const BATCH_ROWS = 4096;
/** Unpacked size of one row group, which is in memory while it is read. */
const MAX_GROUP_BYTES = 512 * 1024 * 1024;

/**
 * Opens a Parquet file and reads its footer. Rows come row group by row group.
 *
 * @throws AuditorError not_found, auth (not readable), or bad_data
 */
export async function openParquet(path: string, label: string): Promise<TableFile> {
  const handle = await openFile(path, label);
  try {
    const stat = await handle.stat();
    const file: AsyncBuffer = {
      byteLength: stat.size,
      slice: (start, end) => slice(handle, start, end ?? stat.size),
    };
    const metadata = await footer(file, label);
    const elements = parquetSchema(metadata).children.map((c) => c.element);
    const columns = elements.map((e) => e.name.trim());
    checkColumns(columns, label);
    const total = Number(metadata.num_rows);
    let given: ParquetEnd | null = null;
    return {
      label,
      columns,
      asOf: instant(stat.mtime),
      declaredRows: total,
      async *rows() {
        let rows = 0;
        for await (const batch of batches(file, metadata, elements, label)) {
          rows += batch.length;
          yield batch;
        }
        const after = await handle.stat();
        if (after.size !== stat.size || after.mtimeMs !== stat.mtimeMs)
          throw csvError(
            label,
            null,
            "the file changed while it was read",
            "let the export write to another name and rename it when done",
            { kind: "transient" },
          );
        if (rows !== total) throw damaged(label, `${rows} rows where the footer says ${total}`);
        given = { rows, footer: true };
      },
      end: () => given,
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

const damaged = (label: string, what: string, cause?: unknown): AuditorError =>
  csvError(label, null, `the Parquet file is damaged: ${what}`, "copy or export it again", { cause });

async function slice(handle: FileHandle, start: number, end: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(Math.max(0, end - start));
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
    if (bytesRead === 0) break; // cut meanwhile: what is missing stays 0 and does not parse
    at += bytesRead;
  }
  return bytes.buffer;
}

async function footer(file: AsyncBuffer, label: string): Promise<FileMetaData> {
  const tail =
    file.byteLength < 12 ? "" : Buffer.from(await file.slice(file.byteLength - 4)).toString("latin1");
  if (tail !== "PAR1") throw damaged(label, "its end is missing");
  try {
    return await parquetMetadataAsync(file, { geoparquet: false });
  } catch (cause) {
    throw damaged(label, "the footer cannot be read", cause);
  }
}

function checkColumns(columns: readonly string[], label: string): void {
  const twice = columns.findIndex((c, i) => c !== "" && columns.indexOf(c) !== i);
  if (twice >= 0)
    throw csvError(
      label,
      null,
      `columns ${columns.indexOf(columns[twice] ?? "") + 1} and ${twice + 1} have the same name`,
      "rename or remove one of them",
    );
}

async function* batches(
  file: AsyncBuffer,
  metadata: FileMetaData,
  elements: readonly SchemaElement[],
  label: string,
): AsyncGenerator<readonly (readonly string[])[]> {
  let groupStart = 0;
  for (const [g, group] of metadata.row_groups.entries()) {
    const rows = Number(group.num_rows);
    if (Number(group.total_byte_size) > MAX_GROUP_BYTES)
      throw csvError(
        label,
        null,
        `row group ${g + 1} is larger than 512 MB unpacked`,
        "write it with smaller row groups, about 100,000 rows each",
      );
    const columns = rows === 0 ? [] : await readGroup(file, metadata, elements, groupStart, rows, label);
    for (let from = 0; from < rows; from += BATCH_ROWS) {
      const batch: string[][] = [];
      for (let r = from; r < Math.min(from + BATCH_ROWS, rows); r++)
        batch.push(columns.map((c) => textAt(c, r, label)));
      yield batch;
    }
    groupStart += rows;
  }
}

type Column = { readonly element: SchemaElement; readonly values: ArrayLike<unknown> };

function textAt(column: Column, row: number, label: string): string {
  try {
    return valueText(column.values[row], column.element);
  } catch (cause) {
    if (!(cause instanceof NotExact)) throw cause;
    throw csvError(
      label,
      null,
      `column “${column.element.name}” holds decimals of more than 15 digits`,
      "export it as text, or as a 64-bit integer",
    );
  }
}

async function readGroup(
  file: AsyncBuffer,
  metadata: FileMetaData,
  elements: readonly SchemaElement[],
  rowStart: number,
  rows: number,
  label: string,
): Promise<Column[]> {
  const parts = new Map<string, ArrayLike<unknown>[]>();
  try {
    await parquetRead({
      file,
      metadata,
      rowStart,
      rowEnd: rowStart + rows,
      geoparquet: false,
      compressors: COMPRESSORS,
      parsers: TEXT_PARSERS,
      onChunk: ({ columnName, columnData }) => {
        const before = parts.get(columnName);
        if (before === undefined) parts.set(columnName, [columnData]);
        else before.push(columnData);
      },
    });
  } catch (cause) {
    if (cause instanceof AuditorError) throw cause;
    const codec = codecOf(metadata);
    // only the reader's own words: they name formats and sizes; a decoder's could quote the data
    const unsupported = cause instanceof Error && /unsupported compression codec/.test(cause.message);
    throw unsupported
      ? csvError(
          label,
          null,
          `Parquet compressed with ${codec} is not read here`,
          "write it with Snappy or gzip",
        )
      : damaged(label, "its rows cannot be read", cause);
  }
  return elements.map((element) => {
    const found = parts.get(element.name) ?? [];
    const values =
      found.length === 1 ? (found[0] as ArrayLike<unknown>) : found.flatMap((p) => Array.from(p));
    if (values.length !== rows)
      throw damaged(label, `${values.length} values where a row group has ${rows} rows`);
    return { element, values };
  });
}

const codecOf = (m: FileMetaData): string =>
  m.row_groups[0]?.columns.find((c) => c.meta_data !== undefined)?.meta_data?.codec ?? "an unknown codec";

/** Uncompressed and Snappy are hyparquet's own; these are Node's. */
const COMPRESSORS: Compressors = {
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
};
