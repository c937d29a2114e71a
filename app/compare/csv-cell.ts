/** What a spreadsheet may run as a formula, full-width forms included; and the apostrophe that marks them. */
const RUNS = /^['=+\-@\t\r\n＝＋－＠]/;

/**
 * One cell of CSV. What a spreadsheet might run gets a leading apostrophe, and so does what begins with one already:
 * taking one leading apostrophe off always gives back the text.
 */
export function csvCell(text: string): string {
  const safe = RUNS.test(text) ? `'${text}` : text;
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(",")}\r\n`;
