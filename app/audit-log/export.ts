import { type FileHandle, open } from "node:fs/promises";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { nowOf } from "../../core/clock.ts";
import type { Person } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import { instant } from "../../core/model.ts";
import { appendAuditLog } from "../../store/append-audit-log.ts";
import { lineOf } from "../../store/audit-chain.ts";
import { auditLogEntries } from "../../store/audit-log-entries.ts";
import { auditLogSince } from "../../store/audit-log-since.ts";
import type { App } from "../app.ts";
import { anchorSoon } from "./anchor.ts";

/**
 * Writes the log as JSON lines. That it was exported is its last entry, so whoever reads it sees whether it is whole.
 *
 * @param to a stream, which stays open, or a new file
 * @param since a time or the number of an entry; null: everything
 * @returns how many entries
 * @throws AuditorError bad_data: `since` is neither, or a row cannot be written as one line; refused: the file exists
 */
export async function exportLog(
  app: App,
  me: Person,
  to: Writable | string,
  since: string | null,
): Promise<number> {
  const first = since === null ? 1 : await firstOf(app, since);
  // opened first, so that nothing is logged that does not happen
  const target = typeof to === "string" ? (await newFile(to)).createWriteStream() : to;
  const end = await appendAuditLog(app.db, {
    at: nowOf(app.clock),
    actor: me.name,
    action: "audit_log.exported",
    object: "audit log",
    detail: { since },
  });
  await anchorSoon(app);
  let count = 0;
  async function* lines() {
    for await (const entry of auditLogEntries(app.db, (first ?? end.seq) - 1)) {
      if (entry === null)
        throw new AuditorError(
          "bad_data",
          "audit log",
          "an entry was edited so that it cannot be exported",
          "run `plumbline audit-log verify`",
        );
      if (entry.seq > end.seq) return;
      count++;
      yield `${lineOf(entry)}\n`;
    }
  }
  await pipeline(Readable.from(lines()), target, { end: typeof to === "string" });
  return count;
}

async function newFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, "wx", 0o600);
  } catch (cause) {
    const exists = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    throw new AuditorError(
      "refused",
      path,
      exists ? "there is such a file already" : "it cannot be written",
      "name a new file in a folder of yours",
      { cause },
    );
  }
}

async function firstOf(app: App, since: string): Promise<number | null> {
  if (/^[1-9]\d*$/.test(since)) return Number(since);
  const time = Date.parse(since);
  if (Number.isNaN(time))
    throw new AuditorError(
      "bad_data",
      "--since",
      "it is neither a time nor the number of an entry",
      "write it like 2026-11-01T00:00:00Z, or 120",
    );
  return auditLogSince(app.db, instant(new Date(time)));
}
