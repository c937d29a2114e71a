import pg from "pg";
import { AuditorError, type ErrorKind } from "../../core/errors.ts";
import { isSocketLost, networkError } from "../sql/network.ts";

type Rule = { readonly kind: ErrorKind; readonly what: string; readonly fix: string };
const rule = (kind: ErrorKind, what: string, fix: string): Rule => ({ kind, what, fix });

const BY_CODE: Readonly<Record<string, Rule>> = {
  "28P01": rule("auth", "the password was refused", "correct the dsn"),
  "28000": rule("auth", "the role may not connect", "allow it, or use another role"),
  "3D000": rule("config", "there is no such database", "correct the dsn"),
  "42501": rule(
    "auth",
    "the role may not read or write something the statement needs",
    "grant it, or correct the statement",
  ),
  "42P01": rule("config", "a table is not there", "correct its name"),
  "42703": rule("config", "a column is not there", "correct its name"),
  "42601": rule("config", "the SQL cannot be understood", "correct it"),
  "25006": rule("refused", "the statement tries to write, and Plumbline reads only", "write it as a select"),
  "0A000": rule(
    "refused",
    "the statement tries to write, or to do what a query cannot",
    "write it as a select",
  ),
  "57014": rule(
    "transient",
    "the statement ran longer than its limit and was cancelled",
    "raise statement_timeout_seconds, or make the statement faster",
  ),
  "40001": rule("transient", "the statement was cancelled by a conflict on the server", "try again"),
  "40P01": rule("transient", "the statement was in a deadlock", "try again"),
  "55P03": rule("transient", "a row was locked by someone else", "try again"),
  "53300": rule("transient", "the server has too many connections", "try again later"),
  "57P01": rule("transient", "the server ended the connection", "try again"),
  "57P03": rule("transient", "the server is starting", "try again"),
};

/**
 * Postgres' words in ours. Detail, hint and most messages can quote data, so only the code is kept, and the message where
 * it can name nothing but tables and columns (class 42).
 */
export function postgresError(where: string, e: unknown): AuditorError {
  if (e instanceof AuditorError) return e;
  if (e instanceof pg.DatabaseError && e.code !== undefined) {
    const known = BY_CODE[e.code];
    const says = /^42(P01|703|501|601)$/.test(e.code) && !e.message.includes("@") ? `: ${e.message}` : "";
    if (known) return new AuditorError(known.kind, where, `${known.what} (${e.code}${says})`, known.fix);
    if (/^(08|53|57|58)/.test(e.code))
      return new AuditorError("transient", where, `the server failed (${e.code})`, "try again later");
    if (/^2[23]/.test(e.code))
      return new AuditorError(
        "bad_data",
        where,
        `a value does not fit the column or a constraint (${e.code})`,
        "look at the column's type and constraints",
      );
    return new AuditorError(
      "config",
      where,
      `the statement was refused (${e.code})`,
      "run it by hand to see why",
    );
  }
  return networkError(where, e);
}

/**
 * Was a statement of ours answered with no, by a server that is there and in order? Such a server does not know it or does not
 * allow it. A statement that holds somebody's SQL may be wrong itself, so this says nothing of those.
 */
export const isDeclined = (e: unknown): boolean =>
  e instanceof pg.DatabaseError && e.code !== undefined && !/^(08|28|40|53|55|57|58)/.test(e.code);

/** The connection is gone: after a commit was sent, nobody knows here whether it took effect. */
export function isLost(e: unknown): boolean {
  if (e instanceof pg.DatabaseError) return /^(08|57P0)/.test(e.code ?? "");
  return isSocketLost(e);
}
