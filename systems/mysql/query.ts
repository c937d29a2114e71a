import { beginsAsQuery } from "../sql/query.ts";

/** Why this SQL must not be run as a query; null: it may. */
export function notAQuery(sql: string): string | null {
  // MySQL runs what stands in these, whatever it is
  if (/\/\*M?!/i.test(sql)) return "the SQL has a comment that the server would run (/*! or /*M!)";
  if (!beginsAsQuery(sql, true)) return "the SQL is not a query";
  // allowed even in a READ ONLY transaction, to a user with FILE (seen with MariaDB 10.11)
  if (/\b(outfile|dumpfile)\b/i.test(sql)) return "the SQL writes a file on the server";
  return null;
}
