/** Postgres keeps no NUL in text and no lone surrogate in jsonb; names read from other systems may hold both. */
const REPLACEMENT = "\ufffd";

/** Text fit for a `text` column. */
export const toText = (text: string): string => text.replaceAll("\0", REPLACEMENT);

const clean = (json: string): string =>
  json.replace(/\\\\|\\u0000|\\ud[89a-f][0-9a-f]{2}/g, (found) => (found === "\\\\" ? found : REPLACEMENT));

/** JSON fit for a `jsonb` column: what Postgres cannot keep is replaced by U+FFFD, in names of fields as well. */
export const toJson = (value: unknown): string => clean(JSON.stringify(value));

/** Would `toJson` change anything? Then a hash over the value could not be checked after reading it back. */
export function isStorable(value: unknown): boolean {
  const json = JSON.stringify(value);
  return clean(json) === json;
}
