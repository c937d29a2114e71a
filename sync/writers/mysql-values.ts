import { type Client, texts } from "../../systems/mysql/connect.ts";
import { bareNames } from "../../systems/mysql/identifier.ts";

/** How values of a column are written and read as the text that an audit shows. */
export type ValueKind = "boolean" | "bit" | "time" | "plain";

/** What kind of column it is, by the catalogue; plain when it is not found there. */
export async function columnKind(client: Client, table: string, column: string): Promise<ValueKind> {
  const names = bareNames(table);
  const [row] = await texts(
    client.connection,
    `select cast(column_type as char) from information_schema.columns
     where table_schema = coalesce(?, database()) and table_name = ? and column_name = ?`,
    [names.length > 1 ? (names[0] ?? null) : null, names.at(-1) ?? "", bareNames(column)[0] ?? ""],
  );
  const type = (row?.[0] ?? "").toLowerCase();
  if (type === "tinyint(1)") return "boolean";
  if (type.startsWith("bit")) return "bit";
  return /^(datetime|timestamp)/.test(type) ? "time" : "plain";
}

/** The column as text. */
export const readAs = (kind: ValueKind, column: string): string =>
  kind === "bit" ? `cast(${column} + 0 as char)` : `cast(${column} as char)`;

/** The placeholder of a new value: a text in a BIT column would be taken for its bytes. */
export const writeAs = (kind: ValueKind): string => (kind === "bit" ? "cast(? as unsigned)" : "?");

/** A value as an audit shows it → as the column takes it. */
export function valueFor(kind: ValueKind, value: string | null): string | null {
  if (value === null) return null;
  if (kind === "boolean" || kind === "bit") return value === "true" ? "1" : value === "false" ? "0" : value;
  const at = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d{1,6})?)Z$/.exec(value);
  return kind === "time" && at !== null ? `${at[1]} ${at[2]}` : value;
}
