import { AuditorError } from "../../core/errors.ts";

/** EFBIG: a limit on the size of files, which systemd and shells can set. */
const FULL = ["ENOSPC", "EDQUOT", "EFBIG"];
const TEMPORARY = "make room there, or set TMPDIR to a folder with free space";

const codeOf = (e: unknown): string | null =>
  e instanceof Error && "code" in e && typeof e.code === "string" ? e.code : null;

const problemOf = (code: string): string =>
  FULL.includes(code) ? `the disk is full (${code})` : `cannot be written (${code})`;

/**
 * What went wrong while the result was written, as an error that says where; other errors as they are.
 *
 * @param where what the person called the file or folder
 */
export function writeError(error: unknown, where: string): unknown {
  const code = codeOf(error) ?? (error instanceof AuditorError ? codeOf(error.cause) : null);
  if (code === null) return error;
  return new AuditorError("permanent", where, problemOf(code), "make room, or name another place", {
    cause: error,
  });
}

/** The same for the temporary folder: rows that do not fit in memory, and the sets made of them. */
export function temporaryError(error: unknown): unknown {
  const code =
    codeOf(error) ??
    (error instanceof AuditorError && error.kind === "permanent" ? codeOf(error.cause) : null);
  if (code === null) return error;
  return new AuditorError("permanent", "temporary files", problemOf(code), TEMPORARY, { cause: error });
}
