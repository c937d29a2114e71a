import { openCsv } from "./csv.ts";
import { csvError } from "./csv-error.ts";
import { openFile } from "./open-file.ts";
import type { TableEnd, TableFile } from "./table-file.ts";

/**
 * Opens an export of any format we read: Parquet, CSV or CSV.gz, told by its first bytes.
 *
 * @param label what messages call the file
 * @throws AuditorError not_found, auth (not readable), or bad_data for what is none of them
 */
export async function openTable(path: string, label: string): Promise<TableFile> {
  const handle = await openFile(path, label);
  const first = Buffer.alloc(4);
  try {
    if ((await handle.stat()).isFile()) await handle.read(first, 0, 4, 0);
  } finally {
    await handle.close();
  }
  const magic = first.toString("latin1");
  if (magic === "PARE")
    throw csvError(label, null, "the Parquet file is encrypted", "export it without encryption");
  if (magic !== "PAR1") return openCsv(path, label);
  // Loaded when there is one: most exports are CSV, and it takes a while.
  const { openParquet } = await import("./parquet.ts");
  return openParquet(path, label);
}

/** What shows that this was the whole file: `7 rows, gzip checksum right`. */
export function proofOf(end: TableEnd): string {
  const rows = `${end.rows.toLocaleString("en-US")} rows`;
  if ("footer" in end) return `${rows}, as its footer says`;
  if (end.gzip) return `${rows}, gzip checksum right`;
  return end.finalNewline ? rows : `${rows}, last line whole, without a line break`;
}
