import { AuditorError, type ErrorKind } from "../core/errors.ts";

/** What is kept of a database's own error: its message and detail may quote values, so only names and codes stay. */
export type SqlCause = {
  readonly sqlState: string | null;
  readonly constraint: string | null;
  readonly table: string | null;
};

type Fields = { code?: unknown; constraint?: unknown; table?: unknown; message?: unknown };

const RULES: readonly (readonly [test: RegExp, kind: ErrorKind, what: string, fix: string])[] = [
  [
    /^(28P01|28000)$/,
    "auth",
    "the user name or password was refused",
    "check the credentials in DATABASE_URL",
  ],
  [/^3D000$/, "config", "there is no such database", "create it, or correct its name in DATABASE_URL"],
  [
    /^42501$/,
    "not_allowed",
    "the role may not do that",
    "run `plumbline migrate` with MIGRATE_DATABASE_URL naming the owner of the tables, which grants what it needs",
  ],
  [/^53100$/, "transient", "its disk is full", "make room on the database's disk, then try again"],
  [/^25006$/, "permanent", "it is read only", "point DATABASE_URL to the primary, not to a replica"],
  [
    /^53[34]00$/,
    "transient",
    "it has no connection left",
    "raise its max_connections, or close other programs",
  ],
  [
    /^57014$/,
    "transient",
    "a query took too long and was cancelled",
    "try again; if it repeats, look at the database's load",
  ],
  [/^(55P03|40001|40P01)$/, "transient", "other work was in the way for too long", "try again"],
  [
    /^(ECONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|57P0\d|08\w{3})$/,
    "transient",
    "it cannot be reached",
    "check that it runs and that this machine may reach it, then try again",
  ],
];

const isText = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/**
 * Any error of the driver as an AuditorError.
 *
 * @param where host, port and database, never the password
 */
export function databaseError(where: string, error: unknown): AuditorError {
  if (error instanceof AuditorError) return error;
  const { code, constraint, table, message } = (
    error instanceof AggregateError ? error.errors[0] : error
  ) as Fields;
  const sqlState = isText(code);
  const cause: SqlCause = { sqlState, constraint: isText(constraint), table: isText(table) };
  const said = isText(message) ?? "";
  const rule = RULES.find(([test]) => sqlState !== null && test.test(sqlState));
  if (rule) return new AuditorError(rule[1], where, `${rule[2]} (${sqlState})`, rule[3], { cause });
  if (sqlState === null && /^timeout exceeded when trying to connect/i.test(said)) {
    return new AuditorError(
      "transient",
      where,
      "no connection was to be had: all are in use, or it does not answer",
      "try again; if it repeats, check that the database runs and what keeps it busy",
      { cause },
    );
  }
  if (sqlState === null && /timeout|terminated|not queryable|ended|no answer/i.test(said)) {
    return new AuditorError(
      "transient",
      where,
      "the connection was lost",
      "try again; if it repeats, check the database",
      { cause },
    );
  }
  // Class 42 speaks of names in our own SQL only; every other message may quote a value.
  const what = sqlState?.startsWith("42")
    ? said
    : `the database refused a query (${sqlState ?? "no code"}${cause.constraint ? `, ${cause.constraint}` : ""})`;
  return new AuditorError(
    "permanent",
    where,
    what,
    "this is a fault in Plumbline or a database of another version; please report it",
    { cause },
  );
}

/** The broken constraint or unique index behind an error; null: it was something else. */
export function brokenConstraint(error: unknown): string | null {
  if (!(error instanceof AuditorError)) return null;
  const cause = error.cause as Partial<SqlCause> | undefined;
  return cause?.sqlState?.startsWith("23") ? (cause.constraint ?? null) : null;
}
