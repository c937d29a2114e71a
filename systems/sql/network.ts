import { AuditorError } from "../../core/errors.ts";

const LOST = new Set([
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTCONN",
  "ERR_STREAM_DESTROYED",
  "ERR_STREAM_PREMATURE_CLOSE",
  "PROTOCOL_CONNECTION_LOST",
]);
const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
]);

export const codeOf = (e: unknown): string =>
  e instanceof Error && "code" in e && typeof e.code === "string" ? e.code : "";

/** The connection is gone, as sockets say it: after a commit was sent, nobody knows here whether it took effect. */
export const isSocketLost = (e: unknown): boolean =>
  e instanceof Error &&
  (LOST.has(codeOf(e)) ||
    /connection (terminated|closed|ended|is in closed state|lost)|client (was|has been) closed|closed state|not queryable|connection error/i.test(
      e.message,
    ));

/** What an error that is not the database's own means; its message is not repeated, since it can quote a statement. */
export function networkError(where: string, e: unknown): AuditorError {
  const code = codeOf(e);
  if (UNREACHABLE.has(code))
    return new AuditorError(
      "transient",
      where,
      `cannot be reached (${code})`,
      "check host and port, and that it is up",
    );
  if (isSocketLost(e)) return new AuditorError("transient", where, "the connection was lost", "try again");
  return new AuditorError(
    "transient",
    where,
    `failed (${code || (e instanceof Error ? e.name : "unknown")})`,
    "try again, and look at the server's log",
    { cause: e },
  );
}
