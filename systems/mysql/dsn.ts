import type { SslOptions } from "mysql2";
import { AuditorError } from "../../core/errors.ts";

/** A connection string in parts. */
export type Place = {
  readonly host: string;
  readonly port: number;
  /** Path of a socket instead of host and port. */
  readonly socketPath: string | null;
  readonly user: string;
  readonly password: string;
  readonly database: string | null;
  /** null: not encrypted. */
  readonly ssl: SslOptions | null;
};

const MODES: Readonly<Record<string, SslOptions | null>> = {
  disable: null,
  // encrypted, whoever answers: what a server's own certificate allows
  require: { rejectUnauthorized: false, minVersion: "TLSv1.2" },
  "verify-full": { rejectUnauthorized: true, minVersion: "TLSv1.2" },
};

/**
 * Reads `mysql://user:password@host:3306/database?sslmode=verify-full` (also mariadb://, and `?socket=/path`).
 *
 * @throws AuditorError config, never with the string in it
 */
export function placeOf(where: string, dsn: string): Place {
  const wrong = (what: string) =>
    new AuditorError("config", where, what, "write it as mysql://user:password@host:3306/database");
  if (!URL.canParse(dsn)) throw wrong("the dsn cannot be understood");
  const url = new URL(dsn);
  if (!/^(mysql|mariadb):$/.test(url.protocol)) throw wrong("the dsn is not one of MySQL or MariaDB");
  for (const name of url.searchParams.keys()) {
    if (!["sslmode", "socket"].includes(name)) throw wrong("the dsn has a parameter that is not known");
  }
  const mode = url.searchParams.get("sslmode") ?? "disable";
  if (!Object.hasOwn(MODES, mode))
    throw new AuditorError(
      "config",
      where,
      "the dsn's sslmode is not known",
      "use disable, require or verify-full",
    );
  try {
    return {
      host: url.hostname === "" ? "127.0.0.1" : url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port === "" ? 3306 : Number(url.port),
      socketPath: url.searchParams.get("socket"),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: url.pathname.length > 1 ? decodeURIComponent(url.pathname.slice(1)) : null,
      ssl: MODES[mode] ?? null,
    };
  } catch (cause) {
    if (cause instanceof URIError) throw wrong("the dsn cannot be understood");
    throw cause;
  }
}
