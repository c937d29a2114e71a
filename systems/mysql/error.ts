import { AuditorError, type ErrorKind } from "../../core/errors.ts";
import { codeOf, isSocketLost, networkError } from "../sql/network.ts";

type Rule = { readonly kind: ErrorKind; readonly what: string; readonly fix: string };
const rule = (kind: ErrorKind, what: string, fix: string): Rule => ({ kind, what, fix });

const PASSWORD = rule("auth", "the user or password was refused", "correct the dsn");
const RIGHTS = rule(
  "auth",
  "the user may not read or write something the statement needs",
  "grant it, or correct the statement",
);
const WRITES = rule(
  "refused",
  "the statement tries to write, and Plumbline reads only",
  "write it as a select",
);
const LIMIT = rule(
  "transient",
  "the statement ran longer than its limit and was cancelled",
  "raise statement_timeout_seconds, or make the statement faster",
);
const BUSY = rule("transient", "the server has too many connections", "try again later");
const GONE = rule("transient", "the server ended the connection", "try again");
const MISFIT = rule(
  "bad_data",
  "a value does not fit the column or a constraint",
  "look at the column's type and constraints",
);

/** By the server's error number. @see MySQL 8.4 Server Error Reference, MariaDB Error Codes; read 2026-11-26 */
const BY_NUMBER: ReadonlyMap<number, Rule> = new Map([
  ...[1045, 1698, 1251, 1820].map((n) => [n, PASSWORD] as const),
  ...[1044, 1142, 1143, 1227, 1370, 1410].map((n) => [n, RIGHTS] as const),
  [1049, rule("config", "there is no such database", "correct the dsn")] as const,
  [1146, rule("config", "a table is not there", "correct its name")] as const,
  [1054, rule("config", "a column is not there", "correct its name")] as const,
  [1064, rule("config", "the SQL cannot be understood", "correct it")] as const,
  [
    1267,
    rule("config", "the SQL compares texts of two collations", "add a collate clause, or convert one"),
  ] as const,
  ...[1290, 1792, 1836].map((n) => [n, WRITES] as const),
  ...[1317, 1969, 3024].map((n) => [n, LIMIT] as const),
  [1205, rule("transient", "a row was locked by someone else", "try again")] as const,
  [1213, rule("transient", "the statement was in a deadlock", "try again")] as const,
  ...[1040, 1203, 1226].map((n) => [n, BUSY] as const),
  ...[1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1927, 2006, 2013, 3169, 4031].map(
    (n) => [n, GONE] as const,
  ),
  ...[
    1048, 1062, 1216, 1217, 1264, 1265, 1292, 1366, 1406, 1411, 1441, 1451, 1452, 1586, 1644, 3140, 3819,
    4025,
  ].map((n) => [n, MISFIT] as const),
]);

const TLS =
  /^(HANDSHAKE_(NO_SSL_SUPPORT|SSL_ERROR)|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_|ERR_SSL_)/;

/** Duplicate key: the table holds the row already, by its own idea of what is the same. */
export const DUPLICATE = 1062;

export const numberOf = (e: unknown): number | null =>
  e instanceof Error && "errno" in e && typeof e.errno === "number" && e.errno > 0 ? e.errno : null;

/**
 * The server's words in ours. Most messages can quote data, so only the number is kept, and the message where it can name
 * nothing but tables and columns.
 */
export function mysqlError(where: string, e: unknown): AuditorError {
  if (e instanceof AuditorError) return e;
  const number = numberOf(e);
  if (number !== null && e instanceof Error) {
    const known = BY_NUMBER.get(number);
    const says =
      [1146, 1054, 1064].includes(number) && !e.message.includes("@") ? `: ${e.message.slice(0, 300)}` : "";
    if (known) return new AuditorError(known.kind, where, `${known.what} (${number}${says})`, known.fix);
    return new AuditorError(
      "config",
      where,
      `the statement was refused (${number})`,
      "run it by hand to see why",
    );
  }
  if (TLS.test(codeOf(e)))
    return new AuditorError(
      "config",
      where,
      `no encrypted connection (${codeOf(e)})`,
      "set up TLS on the server, or correct sslmode in the dsn",
    );
  return networkError(where, e);
}

/** The connection is gone: after a commit was sent, nobody knows here whether it took effect. */
export function isLost(e: unknown): boolean {
  const number = numberOf(e);
  return number === null ? isSocketLost(e) : BY_NUMBER.get(number) === GONE;
}
