import type { FieldType } from "../../core/model.ts";
import type { Column } from "../sql/row.ts";

/** Object ids of Postgres' built-in types. @see pg_type.dat, PostgreSQL 18 */
const TYPE: Readonly<Record<number, FieldType>> = {
  16: "boolean",
  20: "number",
  21: "number",
  23: "number",
  26: "number",
  700: "number",
  701: "number",
  1700: "number",
  1082: "timestamp",
  1114: "timestamp",
  1184: "timestamp",
  114: "json",
  3802: "json",
};

export const columnsOf = (
  fields: readonly { readonly name: string; readonly dataTypeID: number }[],
): readonly Column[] => fields.map((f) => ({ name: f.name, type: TYPE[f.dataTypeID] ?? "text" }));
